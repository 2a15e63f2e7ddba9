import { expect, test } from 'vitest';
import { versionIn, versionOfModule } from './program-version.ts';

test.each([
  ['prometheus, version 3.15.0 (branch: HEAD, revision: abc)\n  go version: go1.26.8', '3.15.0'],
  ['tempo, version v3.0.3 (branch: HEAD)', '3.0.3'],
  ['Version 13.2.3 (commit: abc, branch: release-13.2.3)', '13.2.3'],
  ['grafana version 13.2.0-pre', '13.2.0-pre'],
])('%s', (said, version) => {
  expect(versionIn(said)).toBe(version);
});

test("a program that was built without a stamp says nothing; Go's version is not its own", () => {
  expect(versionIn('prometheus, version  (branch: , revision: unknown)\n  go version:       go1.26.8')).toBeNull();
});

test.each([
  ['mod\tgithub.com/grafana/loki/v3\tv3.7.8\th1:abc=', '3.7.8'],
  // As a library Prometheus has a version of its own.
  ['mod\tgithub.com/prometheus/prometheus\tv0.315.0\th1:abc=', '3.15.0'],
  ['mod\tgithub.com/prometheus/prometheus\tv0.309.1\t', '3.9.1'],
  ['mod\tgithub.com/grafana/tempo\t(devel)\t', null],
  ['', null],
])('what the linker wrote down: %s', (line, version) => {
  expect(versionOfModule(line)).toBe(version);
});
