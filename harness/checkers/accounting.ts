// Promise 4: for each processor and lane the checkpoint is the sum of its terms, the terms are what is really there, and after the drain it stands at the head.
import type { RunData } from '../engine/run-data.ts';
import { indexOf, processors, type RowOf, type Rows, type RunIndex } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'safety/accounting';
type Checkpoint = RowOf<'checkpoint'>;

export const accounting = (run: RunData): CheckResult => {
  const index = indexOf(run);
  const { rows } = index;
  if (!run.finalStateComplete)
    return conclude(id, 'inconclusive', 'The final state was not read back whole, so the books can not be checked.');
  if (rows.checkpoint.length === 0 || rows.lane.length === 0) return conclude(id, 'inconclusive', 'No books were read back.');
  const findings = createFindings();
  const counted = recount(index);
  for (const checkpoint of rows.checkpoint) {
    checkTerms(checkpoint, findings);
    checkNothingLetGo(checkpoint, index, findings);
    if (checkpoint.isRead !== false) checkAgainst(checkpoint, counted.get(nameOf(checkpoint)), 'counted from the rows', findings);
    checkAgainst(
      checkpoint,
      rows.recount.find((row) => nameOf(row) === nameOf(checkpoint)),
      'counted by SQL',
      findings,
    );
    if (run.timeline.drainedAt !== null) checkHead(checkpoint, rows, findings);
  }
  checkComplete(index, findings);
  return concludeFrom(id, findings, {
    good: `The books of ${rows.checkpoint.length} checkpoints add up, and agree with what is there: nothing dropped, nothing doubled.`,
    bad: `The books are wrong in ${findings.total} places.`,
    measured: { value: findings.total, unit: 'differences', bound: '= 0' },
  });
};

const nameOf = ({ processor, version, lane }: { readonly processor: string; readonly version: number; readonly lane: number }): string =>
  `${processor}@${version}, lane ${lane}`;

const checkTerms = (checkpoint: Checkpoint, findings: Findings): void => {
  const { applied, ignored, parked, pending, discarded, skipped, shed, position } = checkpoint;
  const sum = applied + ignored + parked + pending + discarded + skipped + shed;
  if (sum !== position)
    findings.add(`${nameOf(checkpoint)}: the checkpoint is ${position}, but its terms sum up to ${sum} (drop ${position - sum})`, {
      rows: [checkpoint],
    });
};

/** No scenario asks for it, so an event that the books let go under one of these names is one that vanished; but for those that were erased, each of which is skipped. */
const checkNothingLetGo = (checkpoint: Checkpoint, { rows }: RunIndex, findings: Findings): void => {
  const { lane, position } = checkpoint;
  const erased = rows.erased.filter((row) => row.lane === lane && row.position <= position).length;
  const due = { ignored: 0, discarded: 0, skipped: erased, shed: 0 };
  for (const term of ['ignored', 'discarded', 'skipped', 'shed'] as const)
    if (checkpoint[term] !== due[term])
      findings.add(`${nameOf(checkpoint)}: the books say ${checkpoint[term]} ${term}, which nothing in the scenario asks for`, {
        rows: [checkpoint],
      });
};

type Counts = { readonly effects: number; readonly parked: number; readonly pending: number };

const checkAgainst = (checkpoint: Checkpoint, counts: Counts | undefined, how: string, findings: Findings): void => {
  if (counts === undefined) return findings.add(`${nameOf(checkpoint)}: nothing was ${how}`, { rows: [checkpoint] });
  for (const [term, counted] of [
    ['applied', counts.effects],
    ['parked', counts.parked],
    ['pending', counts.pending],
  ] as const) {
    if (checkpoint[term] !== counted)
      findings.add(`${nameOf(checkpoint)}: the books say ${checkpoint[term]} ${term}, but ${counted} are there, ${how}`, {
        rows: [checkpoint],
        facts: { counts },
      });
  }
};

/** Counted here from the rows themselves, beside the target's own tables being counted by SQL. */
const recount = ({ rows, effects }: RunIndex): ReadonlyMap<string, Counts> => {
  const counts = new Map(rows.checkpoint.map((row) => [nameOf(row), { effects: 0, parked: 0, pending: 0 }]));
  const read = rows.checkpoint.filter(({ isRead }) => isRead !== false);
  const current = new Map(read.map((row) => [`${row.processor}/${row.lane}`, counts.get(nameOf(row))]));
  const add = (processor: string, lane: number, term: keyof Counts, amount = 1): void => {
    const entry = current.get(`${processor}/${lane}`);
    if (entry !== undefined) entry[term] += amount;
  };
  for (const [processor, applied] of effects) {
    const byLane = new Map<number, number>();
    for (const [, { lane }] of applied.entries()) byLane.set(lane, (byLane.get(lane) ?? 0) + 1);
    for (const [lane, amount] of byLane) add(processor, lane, 'effects', amount);
  }
  for (const { processor, lane } of rows['own-effect']) add(processor, lane, 'effects');
  for (const { processor, lane } of rows.parked) add(processor, lane, 'parked');
  for (const { processor, lane } of rows.pending) add(processor, lane, 'pending');
  return counts;
};

const checkHead = (checkpoint: Checkpoint, { lane: lanes }: Rows, findings: Findings): void => {
  const lane = lanes.find((row) => row.lane === checkpoint.lane);
  if (lane?.head !== checkpoint.position)
    findings.add(`${nameOf(checkpoint)}: all is drained, but the checkpoint is ${checkpoint.position} and the head ${lane?.head}`, {
      rows: [checkpoint, ...(lane === undefined ? [] : [lane])],
    });
};

const checkComplete = ({ rows: { lane: lanes, checkpoint }, logByLane: logged }: RunIndex, findings: Findings): void => {
  for (const lane of lanes) {
    const rows = logged.rowsOf(logged.find(lane.lane)).length;
    if (rows !== lane.head) findings.add(`lane ${lane.lane}: its head is ${lane.head}, but the log has ${rows} rows`, { rows: [lane] });
    for (const processor of processors) {
      if (!checkpoint.some((row) => row.processor === processor && row.lane === lane.lane))
        findings.add(`${processor} has no checkpoint on lane ${lane.lane}`, { rows: [lane] });
    }
  }
};
