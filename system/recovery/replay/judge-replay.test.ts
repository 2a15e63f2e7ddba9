import { expect, test } from 'vitest';
import { judgeReplay, type Standing, type StandingLane } from './judge-replay.ts';
import type { ReplayRequest } from './replay-desk.ts';

const lane = (change: Partial<StandingLane> = {}): StandingLane => ({
  lane: 0,
  position: 0,
  touched: 0,
  head: 100,
  keptAfter: 0,
  from: 0,
  to: 100,
  ...change,
});
type Asked = Partial<Pick<ReplayRequest, 'start' | 'end' | 'resets'>>;
const judge = (
  lanes: readonly StandingLane[],
  { start = { kind: 'checkpoint' }, end = null, resets = false, ...change }: Partial<Standing> & Asked = {},
) =>
  judgeReplay(
    { processor: 'timelines', version: 2, start, end, resets },
    { ordered: true, canReset: true, hasNumberedBefore: false, lanes, ...change },
  );

test('a version that never did anything may begin anywhere in the log', () => {
  expect(judge([lane(), lane({ lane: 1, from: 40 })])).toBeNull();
});

test('what would take effect twice is refused, and says which lanes and what to do', () => {
  const refused = judge([lane({ position: 60, touched: 60, from: 60 }), lane({ lane: 1, position: 60, touched: 60, from: 59 })]);
  expect(refused).toMatch(/timelines\/2 has applied events behind that place already \(it stands at 1:60\).*new version.*--reset/);
});

test('what would never take effect is refused as well', () => {
  expect(judge([lane({ position: 60, touched: 60, from: 61 })])).toMatch(/stands before that place \(at 0:60\)/);
  // A near miss: it has done nothing, but was put there.
  expect(judge([lane({ position: 60, touched: 0, from: 61 })])).toMatch(/stands before/);
});

test('where it stands it may always go on', () => {
  expect(judge([lane({ position: 60, touched: 55, from: 60 })])).toBeNull();
});

test('an emptied read model may begin anew, where one can be emptied', () => {
  expect(judge([lane({ position: 60, touched: 60 })], { resets: true })).toBeNull();
  expect(judge([lane({ position: 60, touched: 60 })], { resets: true, canReset: false })).toMatch(/can't be emptied.*new version/);
});

test('a lane that there is not is refused, of where it begins and of where it ends, and the lanes that there are are said', () => {
  const lanes = [lane(), lane({ lane: 1 })];
  const positions = (...of: readonly number[]) => new Map(of.map((one) => [one, 0]));
  expect(judge(lanes, { start: { kind: 'positions', positions: positions(0, 7) }, end: positions(1, 7, 9), resets: true })).toBe(
    'timelines/2 has no lane 7, 9: its lanes are 0, 1.',
  );
  expect(judge(lanes, { end: positions(2) })).toMatch('no lane 2');
  expect(judge(lanes, { start: { kind: 'positions', positions: positions(0, 1) }, end: positions(0, 1) })).toBeNull();
});

test('no place is outside of what the log holds', () => {
  expect(judge([lane({ from: 9, keptAfter: 10 })])).toMatch(/does not hold it any more: it begins behind 0:10/);
  expect(judge([lane({ from: 101, to: 101 })])).toMatch(/heads are 0:100/);
  expect(judge([lane({ to: 101 })])).toMatch(/heads are 0:100/);
  expect(judge([lane({ from: 50, to: 49 })])).toMatch(/in this order/);
  expect(judge([lane({ from: 100, to: 100 })])).toBeNull();
});

test('numbered keys would wait for good for what is left out', () => {
  expect(judge([lane({ from: 10 })], { hasNumberedBefore: true })).toMatch(/sequence/);
  expect(judge([lane({ from: 10 })], { hasNumberedBefore: true, ordered: false })).toBeNull();
});
