import { expect, test } from 'vitest';
import { versionWarnings } from './tested-versions.ts';

test('a tested version is silent, whatever its patch', () => {
  expect(versionWarnings({ prometheus: '3.15.0', tempo: '3.0.3', loki: '3.7.8', grafana: '13.2.3' })).toEqual([]);
});

test('another version is a warning with both; 3.1 is not 3.15', () => {
  expect(versionWarnings({ prometheus: '3.1', loki: '3.70.1' })).toEqual([
    'prometheus is version 3.1; the harness was tested with 3.15',
    'loki is version 3.70.1; the harness was tested with 3.7',
  ]);
});

test('one that does not tell is a warning too', () => {
  expect(versionWarnings({ tempo: 'unknown' })).toEqual(['tempo does not say its version; the harness was tested with 3.0']);
});
