import { expect, test } from 'vitest';
import { SystemError } from '../contract/system-error.ts';
import { createTroubleLog } from './trouble-log.ts';

const start = () => {
  const lines: string[] = [];
  let nowMs = 0;
  const say = (level: string) => (body: string) => void lines.push(`${level} ${body}`);
  const logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error'), fatal: say('fatal') };
  return { lines, trouble: createTroubleLog(logger, () => nowMs), pass: (ms: number) => void (nowMs += ms) };
};

const unreachable = new SystemError('FL_STREAM_UNREACHABLE', 'away');

test('trouble is said when it begins, now and then while it lasts, and once when it is over', () => {
  const { lines, trouble, pass } = start();
  trouble.over();
  for (let failure = 0; failure < 100; failure += 1) {
    trouble.failed(unreachable, 1);
    pass(100);
  }
  trouble.over();
  trouble.over();
  expect(lines).toEqual(['warn appends fail', 'warn appends fail', 'info appends go through again']);
});

test('a defect is said each time, at error level', () => {
  const { lines, trouble } = start();
  trouble.failed(new TypeError('a defect'), 1);
  trouble.failed(new SystemError('FL_STREAM_DATA_REFUSED', 'no time'), 1);
  expect(lines).toEqual(['error an append failed by a defect', 'error an append failed by a defect']);
});
