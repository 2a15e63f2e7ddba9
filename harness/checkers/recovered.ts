// What ended unknown may be there or not, but wholly: recovered once and with all its effects, or absent without a trace. Recovered events are counted.
import type { RunData } from '../engine/run-data.ts';
import { type EventHistory, indexOf, processors, type RowOf, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/recovered';

export const recovered = (run: RunData): CheckResult => {
  const index = indexOf(run);
  if (run.operations.length === 0) return conclude(id, 'inconclusive', 'The history is empty: nothing could be recovered.');
  if (!run.finalStateComplete || !run.historyComplete)
    return conclude(id, 'inconclusive', 'The history or the final state is not whole, so what became of an unknown outcome is not known.');
  const findings = createFindings();
  const held = new Set([...index.rows.parked, ...index.rows.pending].map((row) => `${row.processor} ${row.id}`));
  const unlogged = new Set(
    index.events.filter(({ outcome, first }) => outcome === 'unknown' && !index.isLogged(first)).map(({ first }) => first.idempotencyKey),
  );
  const rowsOfKey = Map.groupBy(
    unlogged.size === 0 ? [] : index.rows.event.filter(({ idempotencyKey }) => unlogged.has(idempotencyKey ?? '')),
    ({ idempotencyKey }) => idempotencyKey,
  );
  let unknown = 0;
  let there = 0;
  for (const event of index.events) {
    if (event.outcome !== 'unknown') continue;
    unknown += 1;
    const logged = index.loggedAs(event.first);
    if (logged.length > 0) there += 1;
    if (logged.length > 1)
      findings.add(`event ${event.event} ended unknown and is there ${logged.length} times`, {
        operations: event.operations,
        rows: logged,
      });
    else if (logged[0] !== undefined) checkWhole(event, logged[0], index, held, findings);
    else checkAbsent(event, rowsOfKey.get(event.first.idempotencyKey), findings);
  }
  return concludeFrom(id, findings, {
    good: `Of ${unknown} events that ended unknown ${there} were recovered, each wholly, and the others left no trace.`,
    bad: `${findings.total} events that ended unknown are there by halves.`,
    measured: { value: there, unit: 'events recovered' },
  });
};

const checkWhole = (
  event: EventHistory,
  row: RowOf<'log'>,
  { rows, effects }: RunIndex,
  held: ReadonlySet<string>,
  findings: Findings,
): void => {
  for (const processor of processors) {
    const checkpoint = rows.checkpoint.find((each) => each.processor === processor && each.lane === row.lane);
    const isPassed = checkpoint !== undefined && checkpoint.position >= row.position;
    if (isPassed && !held.has(`${processor} ${row.id}`) && effects.get(processor)?.has(row.id) !== true)
      findings.add(`event ${event.event} ended unknown and is in the log, but ${processor} passed it without an effect`, {
        operations: event.operations,
        rows: [row, checkpoint],
      });
  }
};

const checkAbsent = (event: EventHistory, rows: readonly RowOf<'event'>[] | undefined, findings: Findings): void => {
  if (rows !== undefined)
    findings.add(`event ${event.event} ended unknown and is not in the log, but has a row in table events`, {
      operations: event.operations,
      rows,
    });
};
