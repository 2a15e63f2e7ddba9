// What the checkers find in columns is what one finds who looks through lists of objects, over and over: the same properties, written as they are said.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Operation } from '../history/operation.ts';
import { keyOf, type RowOf } from '../history/run-index.ts';
import type { CheckResult } from './check.ts';
import { duplicateInLog } from './duplicate-in-log.ts';
import { gapless } from './gapless.ts';
import { lost } from './lost.ts';
import { orderPerKey } from './order-per-key.ts';
import { phantom } from './phantom.ts';
import { redelivery } from './redelivery.ts';
import type { SimulatedRun } from './testing/simulated-run.ts';
import { spoiledRun } from './testing/spoiled-runs.ts';

const rowsOf = <Kind extends SimulatedRun['finalState'][number]['kind']>(
  { finalState }: SimulatedRun,
  kind: Kind,
): readonly RowOf<Kind>[] => finalState.filter((row): row is RowOf<Kind> => row.kind === kind);

const unique = <Item>(items: readonly Item[]): readonly Item[] => [...new Set(items)];

const deliveriesOf = ({ operations }: SimulatedRun, event: number): readonly Operation[] =>
  operations.filter((each) => each.event === event);
const eventsOf = ({ operations }: SimulatedRun): readonly number[] => unique(operations.map(({ event }) => event));
const firstOf = (run: SimulatedRun, event: number): Operation => {
  const deliveries = deliveriesOf(run, event);
  return deliveries.find(({ delivery }) => delivery === 'first') ?? (deliveries[0] as Operation);
};
const isOk = (run: SimulatedRun, event: number): boolean => deliveriesOf(run, event).some(({ outcome }) => outcome === 'ok');
/** Of events with the same id of the client the last counts. */
const senderOf = (run: SimulatedRun, identity: string | null): number | undefined =>
  eventsOf(run).findLast((event) => firstOf(run, event).idempotencyKey === (identity ?? ''));

const effectsOf = (run: SimulatedRun, processor: string): readonly number[] =>
  processor === 'events' ? rowsOf(run, 'event').map(({ id }) => id) : rowsOf(run, 'timeline-entry').map(({ eventId }) => eventId);
const heldBy = (run: SimulatedRun, processor: string): readonly number[] =>
  rowsOf(run, 'parked')
    .filter((row) => row.processor === processor)
    .map(({ id }) => id);

const naiveLost = (run: SimulatedRun): number => {
  const logged = new Set(rowsOf(run, 'log').map(({ idempotencyKey }) => idempotencyKey));
  const unlogged = eventsOf(run).filter((event) => isOk(run, event) && !logged.has(firstOf(run, event).idempotencyKey));
  const unapplied = rowsOf(run, 'checkpoint').flatMap(({ processor, lane, position }) => {
    const there = [...effectsOf(run, processor), ...heldBy(run, processor)];
    return rowsOf(run, 'log').filter((row) => row.lane === lane && row.position <= position && !there.includes(row.id));
  });
  return unlogged.length + unapplied.length;
};

const naivePhantom = (run: SimulatedRun): number => {
  const ids = rowsOf(run, 'log').map(({ id }) => id);
  const unsent = rowsOf(run, 'log').filter(({ idempotencyKey }) => {
    const event = senderOf(run, idempotencyKey);
    return event === undefined || deliveriesOf(run, event).every(({ outcome }) => outcome === 'failed');
  });
  const effects = ['events', 'timelines'].flatMap((processor) => unique(effectsOf(run, processor)));
  const held = rowsOf(run, 'parked').map(({ id }) => id);
  return unsent.length + [...effects, ...held].filter((id) => !ids.includes(id)).length;
};

const repeated = (values: readonly unknown[]): number =>
  unique(values).filter((value) => values.indexOf(value) !== values.lastIndexOf(value)).length;

const naiveDuplicateInLog = (run: SimulatedRun): number =>
  repeated(rowsOf(run, 'log').flatMap(({ idempotencyKey }) => idempotencyKey ?? [])) + repeated(rowsOf(run, 'log').map(({ id }) => id));

const naiveGapless = (run: SimulatedRun): number => {
  const lanes = rowsOf(run, 'lane');
  const perLane = lanes.map(({ lane, head }) => {
    const positions = rowsOf(run, 'log')
      .filter((row) => row.lane === lane)
      .map(({ position }) => position);
    const sorted = [0, ...positions.toSorted((left, right) => left - right)];
    return (
      sorted.filter((position, place) => place > 0 && position !== (sorted[place - 1] as number) + 1).length +
      (sorted.at(-1) === head ? 0 : 1)
    );
  });
  const strange = unique(rowsOf(run, 'log').map(({ lane }) => lane)).filter((lane) => !lanes.some((row) => row.lane === lane));
  return perLane.reduce((sum, count) => sum + count, 0) + strange.length;
};

const naiveRedelivery = (run: SimulatedRun): number =>
  eventsOf(run).reduce((sum, event) => {
    const deliveries = deliveriesOf(run, event);
    const [first] = deliveries.filter(({ outcome }) => outcome === 'ok').toSorted((left, right) => left.doneAt - right.doneAt);
    if (first === undefined || deliveries.length < 2) return sum;
    const later = deliveries.filter(({ handedAt, bodySha256 }) => handedAt > first.doneAt && bodySha256 === first.bodySha256);
    const wrong = later.filter(({ outcome, status, duplicate }) =>
      outcome === 'failed' ? status !== null && status < 500 && status !== 429 : outcome === 'ok' && duplicate === false,
    );
    return sum + wrong.length;
  }, 0);

const naiveOrder = (run: SimulatedRun): number => {
  const entries = rowsOf(run, 'timeline-entry');
  const inTimelines = unique(entries.map(keyOf)).map((key) => {
    const sorted = entries.filter((row) => keyOf(row) === key).toSorted((left, right) => left.entry - right.entry);
    return sorted.filter((row, place) => {
      const before = sorted[place - 1];
      if (row.entry !== place + 1) return true;
      if (row.sequence !== null) return row.sequence !== (before === undefined ? 1 : (before.sequence ?? 0) + 1);
      return before !== undefined && before.position >= row.position;
    }).length;
  });
  const log = rowsOf(run, 'log').filter(({ sequence }) => sequence === null);
  const overtaken = unique(log.map(keyOf)).map((key) => {
    const sent = log
      .filter((row) => keyOf(row) === key)
      .toSorted((left, right) => left.position - right.position)
      .flatMap(({ idempotencyKey }) => senderOf(run, idempotencyKey) ?? [])
      .map((event) => ({
        handedAt: Math.min(...deliveriesOf(run, event).map(({ handedAt }) => handedAt)),
        acknowledgedAt: Math.min(
          ...deliveriesOf(run, event)
            .filter(({ outcome }) => outcome === 'ok')
            .map(({ doneAt }) => doneAt),
        ),
      }));
    return sent.filter(({ acknowledgedAt }, place) => sent.slice(0, place).some(({ handedAt }) => handedAt > acknowledgedAt)).length;
  });
  const place = ({ sequence, position }: { readonly sequence: number | null; readonly position: number }): number => sequence ?? position;
  const parked = rowsOf(run, 'parked').filter(({ processor }) => processor === 'timelines');
  const behind = entries.filter((row) => parked.some((held) => keyOf(held) === keyOf(row) && place(held) < place(row)));
  return [...inTimelines, ...overtaken].reduce((sum, count) => sum + count, 0) + behind.length;
};

const total = (result: CheckResult): number => result.findingsTotal;
test.each([
  ['lost', (run) => total(lost(run)), naiveLost],
  ['phantom', (run) => total(phantom(run)), naivePhantom],
  ['duplicate-in-log', (run) => total(duplicateInLog(run)), naiveDuplicateInLog],
  ['gapless', (run) => total(gapless(run)), naiveGapless],
  ['redelivery', (run) => total(redelivery(run)), naiveRedelivery],
  ['order-per-key', (run) => total(orderPerKey(run)), naiveOrder],
] as const satisfies readonly (readonly [string, (run: SimulatedRun) => number, (run: SimulatedRun) => number])[])(
  '%s finds as many violations in columns as in lists',
  (_name, inColumns, inLists) => {
    fc.assert(
      fc.property(spoiledRun, (run) => {
        expect(inColumns(run)).toBe(inLists(run));
      }),
    );
  },
);
