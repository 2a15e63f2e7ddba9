// Once a lane was taken by another, no checkpoint under the epoch before moves it: whoever was stopped or cut off for longer than their lease is told so. And nobody
// is told so for nothing.
import type { RunData } from '../engine/run-data.ts';
import {
  type CheckpointAttempt,
  checkpointAttempts,
  consumedOf,
  cutRecords,
  type Tenure,
  tenuresOf,
  wasHeard,
} from '../history/consumed-history.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'expectation/consumer-zombie-fenced';

export const consumerZombieFenced = (run: RunData): CheckResult => {
  const lines = consumedOf(run);
  if (typeof lines === 'string') return conclude(id, 'inconclusive', lines);
  const tenures = tenuresOf(lines);
  const findings = createFindings();
  const zombies = new Set<string>();
  let late = 0;
  for (const attempt of checkpointAttempts(lines).filter(wasHeard)) {
    const next = heirOf(attempt, tenures);
    if (attempt.outcome === 'fenced' && next === undefined && run.consumed?.complete === true)
      findings.add(`${attempt.by} was fenced on lane ${attempt.lane} (epoch ${attempt.epoch}), which nobody has taken since`, {
        facts: { attempt },
      });
    if (attempt.outcome === null || next === undefined || attempt.askedAt <= next.at) continue;
    late += 1;
    zombies.add(attempt.by);
    if (attempt.outcome !== 'fenced')
      findings.add(
        `${attempt.by} checkpointed lane ${attempt.lane} under epoch ${attempt.epoch} and was told ${attempt.outcome}, ${attempt.askedAt - next.at} ms after ${next.by} had it under epoch ${next.epoch}`,
        { facts: { attempt, next } },
      );
  }
  if (findings.total === 0 && late === 0)
    return conclude(
      id,
      'inconclusive',
      'Nobody asked for a checkpoint of a lane that had been taken from them, so there was no zombie to fence.',
    );
  const cut = cutRecords(run);
  if (cut !== null && findings.total === 0) return conclude(id, 'inconclusive', cut);
  return concludeFrom(id, findings, {
    good: `${zombies.size} instances that had lost lanes asked for ${late} checkpoints of them, and were fenced each time.`,
    bad: `${findings.total} checkpoints were taken under an epoch that was over, or fenced under one that was not.`,
    measured: { value: late, unit: 'late checkpoints' },
  });
};

/** The first who had the lane after that. */
const heirOf = ({ lane, epoch }: CheckpointAttempt, tenures: ReadonlyMap<number, readonly Tenure[]>): Tenure | undefined =>
  tenures.get(lane)?.find((tenure) => tenure.epoch > epoch);
