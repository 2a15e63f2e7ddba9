import { expect, test } from 'vitest';
import { parseServerLog } from './server-log.ts';

test('a line becomes a record with severity, backend and application', () => {
  expect(parseServerLog('pg|42|faultline-worker|ERROR:  deadlock detected\n')).toEqual([
    { severity: 'ERROR', body: 'deadlock detected', backendPid: 42, application: 'faultline-worker' },
  ]);
});

test('detail, hint and continuation lines belong to the message before', () => {
  expect(parseServerLog('pg|42||LOG:  one\n\ttwo\npg|42||HINT:  three\npg|43||WARNING:  four\n')).toEqual([
    { severity: 'INFO', body: 'one two HINT:  three', backendPid: 42 },
    { severity: 'WARN', body: 'four', backendPid: 43 },
  ]);
});

test('lines from before the settings were read are kept', () => {
  expect(parseServerLog('FATAL:  could not load\nsegmentation fault\n')).toEqual([
    { severity: 'FATAL', body: 'could not load segmentation fault' },
  ]);
  expect(parseServerLog('postgres: error while loading shared libraries\n')).toEqual([
    { severity: 'INFO', body: 'postgres: error while loading shared libraries' },
  ]);
});

test('an application without a name has none', () => {
  expect(parseServerLog('pg|7|[unknown]|FATAL:  no\n')).toEqual([{ severity: 'FATAL', body: 'no', backendPid: 7 }]);
});
