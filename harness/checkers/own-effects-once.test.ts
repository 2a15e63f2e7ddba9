import { expect, test } from 'vitest';
import type { RowOf } from '../history/run-index.ts';
import { accounting } from './accounting.ts';
import { ownEffectsOnce } from './own-effects-once.ts';
import { quietScenario, simulateRun, withRows, type SimulatedRun } from './testing/simulated-run.ts';

type OwnEffect = RowOf<'own-effect'>;

const base = simulateRun({ ...quietScenario, traffic: { ...quietScenario.traffic, poison: { share: 0.1, kinds: ['handler-throws'] } } });

/** A team's processor that did what timelines did. */
const run = (change: (rows: OwnEffect[]) => OwnEffect[], of: SimulatedRun = base): SimulatedRun => {
  const entries = of.finalState.filter((row) => row.kind === 'timeline-entry');
  const made = entries.map(({ lane, position, eventId, systemName, objectId, appliedAt }, index): OwnEffect => {
    const place = { lane, position, eventId, systemName, objectId, appliedAt };
    return { kind: 'own-effect', processor: 'team-ledger', version: 1, ...place, entry: index + 1 };
  });
  const parked = withRows(of, 'parked', (rows) => rows.map((row) => ({ ...row, processor: 'team-ledger' })));
  return { ...parked, finalState: [...parked.finalState, ...change(made)] };
};

test('entries that are there once, and none of what is parked, pass', () => {
  expect(ownEffectsOnce(run((rows) => rows))).toMatchObject({ outcome: 'pass', findingsTotal: 0 });
});

test.each([
  [
    'an entry that is there twice',
    (rows: OwnEffect[]) => [...rows, { ...rows[0]!, entry: rows.length + 1 }],
    / has 2 entries of team-ledger$/,
  ],
  ['an entry that is missing', (rows: OwnEffect[]) => rows.slice(1), /^event \d+ has no entry, and is not parked either$/],
])('%s is a failure, with its event', (_what, change, said) => {
  const result = ownEffectsOnce(run(change));
  expect(result.outcome).toBe('fail');
  expect(result.findings[0]?.message).toMatch(said);
});

/** What a processor wrote for an event that is parked. */
const entryOf = ({ lane, position, id: eventId, systemName, objectId, parkedAt: appliedAt }: RowOf<'parked'>): OwnEffect => ({
  kind: 'own-effect',
  processor: 'team-ledger',
  version: 1,
  lane,
  position,
  eventId,
  systemName,
  objectId,
  entry: 0,
  appliedAt,
});

test('an entry of what is parked is a failure: a failing event kept what it wrote', () => {
  const parked = base.finalState.find((row): row is RowOf<'parked'> => row.kind === 'parked')!;
  const kept = entryOf(parked);
  expect(ownEffectsOnce(run((rows) => [kept, ...rows])).findings[0]?.message).toMatch(/has an entry, and is parked$/);
});

test('poison that was taken for good is a failure, and so is what went past it', () => {
  const dead = base.finalState.find((row): row is RowOf<'parked'> => row.kind === 'parked' && row.reasonCode !== null)!;
  const taken = entryOf(dead);
  const unparked = withRows(
    run((rows) => [taken, ...rows]),
    'parked',
    (rows) => rows.filter(({ id }) => id !== dead.id),
  );
  const said = ownEffectsOnce(unparked).findings.map(({ message }) => message);
  expect(said).toContain(`event ${taken.eventId} was poison, but is no dead letter`);
  const behind = base.finalState.find((row): row is RowOf<'parked'> => row.kind === 'parked' && row.reasonCode === null)!;
  const past = {
    ...taken,
    eventId: behind.id,
    position: behind.position,
    lane: behind.lane,
    systemName: behind.systemName,
    objectId: behind.objectId,
  };
  const gone = withRows(
    run((rows) => [...rows, { ...past, entry: rows.length + 1 }]),
    'parked',
    (rows) => rows.filter(({ id }) => id !== behind.id),
  );
  expect(ownEffectsOnce(gone)).toMatchObject({
    outcome: 'fail',
    findingsTotal: 1,
    findings: [{ message: expect.stringMatching(/did not wait behind it$/) }],
  });
});

test('two objects of one name in two systems are two keys', () => {
  const elsewhere = (rows: OwnEffect[]) => {
    const first = rows[0]!;
    return [...rows, { ...first, systemName: 'another', eventId: 424242, position: first.position - 1, entry: rows.length + 1 }];
  };
  expect(ownEffectsOnce(run(elsewhere))).toMatchObject({ outcome: 'pass' });
});

test('two entries of a key in the wrong order are a failure', () => {
  const swap = (rows: OwnEffect[]) => {
    const [first, other] = [...Map.groupBy(rows, ({ objectId }) => objectId).values()].find((same) => same.length > 1) as [
      OwnEffect,
      OwnEffect,
    ];
    return rows.map((row) => (row === first ? { ...row, entry: other.entry } : row === other ? { ...row, entry: first.entry } : row));
  };
  expect(ownEffectsOnce(run(swap)).findings[0]?.message).toMatch(/was handled after a later one of its key$/);
});

test('something parked that nothing was wrong with is a failure, and without any entry nothing is claimed', () => {
  const parkedGood = (rows: OwnEffect[]) => rows.slice(1);
  const good = base.finalState.find((row) => row.kind === 'timeline-entry')!;
  const spoiled = withRows(run(parkedGood), 'parked', (rows) => [
    ...rows,
    {
      ...rows[0]!,
      id: good.eventId,
      position: good.position,
      objectId: good.objectId,
      idempotencyKey: keyOfEvent(good.eventId),
      reasonCode: 'handler_threw',
    },
  ]);
  expect(
    ownEffectsOnce(spoiled)
      .findings.map(({ message }) => message)
      .join(),
  ).toMatch(/is parked \(handler_threw\), but nothing was wrong with it/);
  expect(ownEffectsOnce(run(() => [])).outcome).toBe('inconclusive');
});

const keyOfEvent = (id: number): string | null => {
  const row = base.finalState.find((one) => one.kind === 'log' && one.id === id);
  return row?.kind === 'log' ? row.idempotencyKey : null;
};

test("the books of a team's processor are held against its entries", () => {
  const rows = run((made) => made);
  const checkpoints = rows.finalState.filter((row) => row.kind === 'checkpoint' && row.processor === 'timelines') as RowOf<'checkpoint'>[];
  const recounts = rows.finalState.filter((row) => row.kind === 'recount' && row.processor === 'timelines') as RowOf<'recount'>[];
  const parked = base.finalState.filter((row) => row.kind === 'parked');
  const own = (wrong: number): SimulatedRun => ({
    ...rows,
    finalState: [
      ...rows.finalState,
      ...parked,
      ...checkpoints.map((row, index) => ({ ...row, processor: 'team-ledger', applied: row.applied + (index === 0 ? wrong : 0) })),
      ...recounts.map((row) => ({ ...row, processor: 'team-ledger' })),
    ],
  });
  expect(accounting(own(0))).toMatchObject({ outcome: 'pass' });
  expect(
    accounting(own(1))
      .findings.map(({ message }) => message)
      .join(),
  ).toMatch(/team-ledger@1, lane \d+: the books say/);
});
