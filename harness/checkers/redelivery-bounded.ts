// What comes again is what lay after the last checkpoint, and no more: each lease begins exactly where the checkpoints before it left the lane, and so does the end.
import type { RunData } from '../engine/run-data.ts';
import {
  type CheckpointAttempt,
  checkpointAttempts,
  consumedOf,
  cutRecords,
  linesOf,
  mayBeTaken,
  type Tenure,
  tenuresOf,
  wasTaken,
} from '../history/consumed-history.ts';
import { indexOf, type RowOf } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';
import { givenAgain } from '../history/given-again.ts';

const id = 'expectation/redelivery-bounded';

export const redeliveryBounded = (run: RunData): CheckResult => {
  const lines = consumedOf(run);
  if (typeof lines === 'string') return conclude(id, 'inconclusive', lines);
  const cut = cutRecords(run);
  // A checkpoint that is not in them may be where a lease began.
  if (cut !== null) return conclude(id, 'inconclusive', cut);
  const attempts = Map.groupBy(checkpointAttempts(lines).filter(mayBeTaken), ({ lane }) => lane);
  const ends = new Map(indexOf(run).rows['consumer-lane'].map((row) => [row.lane, row]));
  const findings = createFindings();
  let leases = 0;
  for (const [lane, tenures] of tenuresOf(lines)) {
    leases += tenures.length;
    judgeLane(tenures, { attempts: attempts.get(lane) ?? [], end: ends.get(lane) }, findings);
  }
  const again = givenAgain(linesOf(lines, 'given'));
  return concludeFrom(id, findings, {
    good: `Each of ${leases} leases began where the last checkpoint was; ${again} events came again, all of them behind it.`,
    bad: `${findings.total} times a lane did not stand where the last checkpoint had left it.`,
    measured: { value: again, unit: 'events again' },
  });
};

type OfLane = { readonly attempts: readonly CheckpointAttempt[]; readonly end: RowOf<'consumer-lane'> | undefined };

const judgeLane = (tenures: readonly Tenure[], { attempts, end }: OfLane, findings: Findings): void => {
  const [first, ...later] = tenures;
  if (first === undefined) return;
  for (const { by, lane, epoch, position } of later) {
    const left = leftBy(first, attempts, epoch);
    if (!left.has(position))
      findings.add(`${by} was given lane ${lane} (epoch ${epoch}) from ${position}, though the checkpoint was at ${inWords(left)}`, {
        facts: { tenure: { by, lane, epoch, position }, left: [...left] },
      });
  }
  if (end === undefined) return;
  const left = leftBy(first, attempts, Infinity);
  if (!left.has(end.position))
    findings.add(`lane ${end.lane} stands at ${end.position} in the end, though the checkpoint was at ${inWords(left)}`, {
      rows: [end],
      facts: { left: [...left] },
    });
};

/** Where the lane may stand once all epochs before this one are over: at the last checkpoint that was taken, or at one after it of which nobody was told. */
const leftBy = (first: Tenure, attempts: readonly CheckpointAttempt[], before: number): ReadonlySet<number> => {
  const earlier = attempts
    .filter(({ epoch }) => epoch < before)
    .toSorted((left, right) => left.epoch - right.epoch || left.askedAt - right.askedAt);
  const last = earlier.findLastIndex(wasTaken);
  return new Set([earlier[last]?.to ?? first.position, ...earlier.slice(last + 1).map(({ to }) => to)]);
};

const inWords = (left: ReadonlySet<number>): string => [...left].join(' or ');
