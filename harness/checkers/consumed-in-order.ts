// A lane is given in the order of its positions, none left out, from the checkpoint that the lease named: so each key is in order within an epoch. Another epoch begins at
// its own checkpoint, and so does an instance that had to take its lease for over.
import type { RunData } from '../engine/run-data.ts';
import { byInstance, consumedOf, cutRecords, type LineOf } from '../history/consumed-history.ts';
import type { ConsumedLine } from '../history/consumed-line.ts';
import { type CheckResult, conclude, concludeFrom, createFindings, type Findings } from './check.ts';

const id = 'expectation/consumed-in-order';

export const consumedInOrder = (run: RunData): CheckResult => {
  const lines = consumedOf(run);
  if (typeof lines === 'string') return conclude(id, 'inconclusive', lines);
  const findings = createFindings();
  let given = 0;
  for (const own of byInstance(lines).values()) given += walk(own, findings);
  const cut = cutRecords(run);
  if (cut !== null && findings.total === 0) return conclude(id, 'inconclusive', cut);
  return concludeFrom(id, findings, {
    good: `All of ${given} events came in the order of their lanes, none left out, from the checkpoint of the lease.`,
    bad: `${findings.total} of ${given} events came out of turn.`,
    measured: { value: findings.total, unit: 'events', bound: '= 0' },
  });
};

type Place = { readonly epoch: number; next: number; again: number | null };

const walk = (own: readonly ConsumedLine[], findings: Findings): number => {
  const places = new Map<number, Place>();
  const began = own.find((line) => line.kind === 'began');
  let given = 0;
  let renewedAt = -Infinity;
  for (const line of own) {
    if (line.kind === 'leased') {
      const wasOver = line.askedAt - renewedAt > (began?.leaseMs ?? Infinity);
      for (const { lane, epoch, position } of line.lanes) {
        const place = places.get(lane);
        if (place?.epoch !== epoch) places.set(lane, { epoch, next: position + 1, again: null });
        else if (wasOver) place.again = position + 1;
      }
      renewedAt = line.askedAt;
    } else if (line.kind === 'given') {
      given += 1;
      judge(line, places, findings);
    }
  }
  return given;
};

const judge = (given: LineOf<'given'>, places: ReadonlyMap<number, Place>, findings: Findings): void => {
  const { by, lane, epoch, position } = given;
  const place = places.get(lane);
  if (place === undefined || epoch === null)
    return findings.add(`${by} was given position ${position} of lane ${lane}, which it had no lease of`, { facts: { given } });
  // It works on what it has under an epoch that is over: who it was taken by is judged by himself.
  if (epoch !== place.epoch) return undefined;
  if (position !== place.next && position !== place.again)
    findings.add(`${by} was given position ${position} of lane ${lane} (epoch ${epoch}), where ${place.next} was next`, {
      facts: { given },
    });
  place.next = position + 1;
  place.again = null;
  return undefined;
};
