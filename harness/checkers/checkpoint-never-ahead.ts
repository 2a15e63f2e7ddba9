// A checkpoint says that all before it is done: none is ahead of the work of whoever asked for it, or an event is lost when they die.
import type { RunData } from '../engine/run-data.ts';
import { byInstance, checkpointAttempts, consumedOf, cutRecords, mayBeTaken } from '../history/consumed-history.ts';
import type { ConsumedLine } from '../history/consumed-line.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'expectation/checkpoint-never-ahead';

export const checkpointNeverAhead = (run: RunData): CheckResult => {
  const lines = consumedOf(run);
  if (typeof lines === 'string') return conclude(id, 'inconclusive', lines);
  const findings = createFindings();
  let taken = 0;
  for (const own of byInstance(lines).values()) taken += walk(own, findings);
  if (taken === 0) return conclude(id, 'inconclusive', 'No checkpoint was taken.');
  const cut = cutRecords(run);
  if (cut !== null && findings.total === 0) return conclude(id, 'inconclusive', cut);
  return concludeFrom(id, findings, {
    good: `Each of ${taken} checkpoints covered no more than was done.`,
    bad: `${findings.total} of ${taken} checkpoints were ahead of what was done.`,
    measured: { value: findings.total, unit: 'checkpoints', bound: '= 0' },
  });
};

/** Up to where all is done, by lane and epoch, as the lines go by. */
const walk = (own: readonly ConsumedLine[], findings: Findings): number => {
  const attempts = Map.groupBy(checkpointAttempts(own).filter(mayBeTaken), ({ n }) => n);
  const doneTo = new Map<string, number>();
  let taken = 0;
  for (const line of own) {
    if (line.kind === 'leased')
      for (const { lane, epoch, position } of line.lanes) {
        const name = `${lane}@${epoch}`;
        // What was told later is what this instance itself has checkpointed.
        if (!doneTo.has(name)) doneTo.set(name, position);
      }
    else if (line.kind === 'done') {
      const name = `${line.lane}@${line.epoch}`;
      if (doneTo.get(name) === line.position - 1) doneTo.set(name, line.position);
    } else if (line.kind === 'checkpoint')
      for (const attempt of attempts.get(line.n) ?? []) {
        taken += 1;
        const done = doneTo.get(`${attempt.lane}@${attempt.epoch}`);
        if (done === undefined || attempt.to > done)
          findings.add(
            `${line.by} checkpointed lane ${attempt.lane} at ${attempt.to} (epoch ${attempt.epoch}), and was done only up to ${done ?? 'nothing of it'}`,
            { facts: { attempt } },
          );
      }
  }
  return taken;
};
