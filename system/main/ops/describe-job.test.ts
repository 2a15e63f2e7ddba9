import { describe, expect, test } from 'vitest';
import type { Command, Job } from './answers.ts';
import { describeJob, exitCodeOf } from './describe-job.ts';

const command = (given: Partial<Command>): Command => ({
  command: 1,
  processor: 'timelines',
  version: 1,
  lane: 3,
  position: 17,
  event_id: 5,
  system_name: 'shop',
  object_id: 'order-1',
  outcome: 'replayed',
  events: 0,
  result: null,
  ...given,
});
const job = (commands: readonly Command[], given: Partial<Job> = {}): Job => ({
  job: 7,
  action: 'replay',
  requested_by: 'ann',
  why: 'a test',
  requested_at: '2026-01-01T00:00:00Z',
  open: 0,
  outcomes: Object.fromEntries([...Map.groupBy(commands, ({ outcome }) => String(outcome))].map(([outcome, of]) => [outcome, of.length])),
  events: 0,
  commands,
  next_cursor: null,
  ...given,
});

describe('a job', () => {
  test('that did all it was asked says how many, and ends with 0', () => {
    const done = job([command({ events: 4 })], { events: 4 });
    expect(describeJob(done)).toBe('timelines/1/3/17  shop order-1  replayed (4 events)\n1 replayed (4 events)\n');
    expect(exitCodeOf(done)).toBe(0);
  });

  test.each([
    ['failed_again', 'failed again'],
    ['gone', 'no dead letter any more'],
    ['unchanged', 'left unchanged'],
  ] as const)('of which one is %s says so, and ends with 1', (outcome, words) => {
    const done = job([command({}), command({ outcome })]);
    expect(describeJob(done)).toContain(words);
    expect(exitCodeOf(done)).toBe(1);
  });

  test('of which one is not among them and failed again ends with 1 all the same', () => {
    expect(exitCodeOf(job([command({})], { outcomes: { replayed: 1000, failed_again: 1 } }))).toBe(1);
  });

  test('that is not done ends with 2', () => {
    const open = job([command({ outcome: null })], { open: 1, outcomes: {} });
    expect(describeJob(open)).toBe('1 not done yet\n');
    expect(exitCodeOf(open)).toBe(2);
  });

  test('whose dead letters wait for an earlier one says that nothing was left, and ends with 0', () => {
    expect(describeJob(job([]))).toBe('nothing was left to do\n');
    expect(exitCodeOf(job([]))).toBe(0);
  });

  test('that fixed some and was refused others names the rule as people count, and ends with 1', () => {
    const refusals = [{ position: 17, rule: 0, path: '/metadata/n', why: 'a boolean' }];
    const done = job([command({ outcome: 'fixed', events: 2, result: { changed: 2, unchanged: 0, refused: 1, refusals } })]);
    expect(describeJob(done)).toContain('fixed: 2 changed, 0 unchanged, 1 refused\n    position 17: rule 1 at /metadata/n: a boolean\n');
    expect(exitCodeOf(done)).toBe(1);
  });

  test('that was tried alone tells of each event, and ends as the replay would', () => {
    const fine = {
      position: 17,
      id: 5,
      would: 'be_applied',
      fix: 'changed',
      changes: [{ rule: 0, op: 'remove', path: '/metadata/a', from: 'string', to: null }],
    } as const;
    const good = job([command({ outcome: 'rehearsed', result: { events: [fine], more: false } })]);
    expect(describeJob(good)).toContain('position 17 (id 5) would be applied; fix: changed remove /metadata/a (string to nothing)');
    expect(exitCodeOf(good)).toBe(0);
    const bad = { position: 18, id: 6, would: 'fail', reason: { code: 'handler_threw', message: 'a\u001b[31mb' } } as const;
    const failing = job([command({ outcome: 'rehearsed', result: { events: [fine, bad] } })]);
    expect(describeJob(failing)).toContain('would fail: handler_threw: a\u{FFFD}[31mb');
    expect(exitCodeOf(failing)).toBe(1);
    expect(exitCodeOf(job([command({ outcome: 'rehearsed', result: { events: [], died: true } })]))).toBe(1);
    expect(exitCodeOf(job([command({ outcome: 'rehearsed', result: null })]))).toBe(1);
  });
});
