import { expect, test } from 'vitest';
import { type ReplayClaim, replayedEvent } from '../history/replay-claims.ts';
import type { RowOf } from '../history/run-index.ts';
import type { CheckResult } from './check.ts';
import { replayedAsAsked } from './replayed-as-asked.ts';
import { withReplay } from './testing/simulated-replay.ts';
import { simulateRun, withRows } from './testing/simulated-run.ts';

const { run, claim } = withReplay(simulateRun());
const said = (of: typeof run): string => (replayedAsAsked(of) as CheckResult).findings.map(({ message }) => message).join('; ');

test('dead letters that were applied, each in its turn, are as they were asked for', () => {
  expect(replayedAsAsked(run)).toMatchObject({ outcome: 'pass', findingsTotal: 0 });
});

test('one that failed again is found in the park, one that vanished by its missing effect', () => {
  const [letter] = claim.letters;
  const row = run.finalState.find((one): one is RowOf<'timeline-entry'> => one.kind === 'timeline-entry' && one.eventId === letter)!;
  const gone = withRows(run, 'timeline-entry', (rows) => rows.filter(({ eventId }) => eventId !== letter));
  expect(said(gone)).toBe(`event ${letter} was mended and replayed, and has no effect`);
  const { systemName, objectId, lane, position, sequence } = row;
  const parked: RowOf<'parked'> = {
    kind: 'parked',
    processor: 'timelines',
    id: letter!,
    systemName,
    objectId,
    lane,
    position,
    sequence,
    idempotencyKey: null,
    state: 'parked',
    reasonCode: 'handler_threw',
    reasonMessage: null,
    attempts: 3,
    parkedAt: 0,
  };
  expect(said(withRows(gone, 'parked', () => [parked]))).toBe(
    `event ${letter} was mended and replayed, and is in the park (handler_threw)`,
  );
});

test('a replay that goes faster than it was asked to is found; one that is late is not', () => {
  const at = (of: (place: number) => number) =>
    withRows(run, 'timeline-entry', (rows) =>
      rows.map((row) => {
        const place = claim.letters.indexOf(row.eventId);
        return place === -1 ? row : { ...row, appliedAt: of(place) };
      }),
    );
  expect(said(at((place) => claim.askedAt + place))).toMatch(
    /^2 dead letters were replayed 1 ms after it was asked for, at 5 a second at most/,
  );
  expect(said(at(() => claim.askedAt + 60_000))).toBe('');
});

test('where nothing was asked for, or not all was read, nothing is claimed', () => {
  expect(replayedAsAsked({ ...run, evidence: [] })).toMatchObject({ outcome: 'inconclusive' });
  expect(replayedAsAsked({ ...run, finalStateComplete: false })).toMatchObject({ outcome: 'inconclusive' });
  const none: ReplayClaim = { ...claim, event: replayedEvent, letters: [] };
  const observations = [{ at: 0, source: 'operator', observed: 'none', data: none }];
  expect(replayedAsAsked({ ...run, evidence: [{ ...run.evidence[0]!, observations }] })).toMatchObject({ outcome: 'inconclusive' });
});
