// Which key is read when: from the seed, of the keys that the traffic has written to by then, so that hot keys are read often. Pure.
import { type ReadQuestion, readKinds } from '../history/read-operation.ts';
import type { Reads } from '../scenario/reads.ts';
import type { TrafficPlan } from '../traffic/plan-traffic.ts';
import { createRandom } from '../traffic/random.ts';

export type PlannedRead = ReadQuestion & { readonly read: number; readonly intendedAtMs: number };

export const planReads = ({ ratePerSecond }: Reads, { operations, durationMs }: TrafficPlan, seed: number): readonly PlannedRead[] => {
  const random = createRandom(seed, 'reads');
  const reads: PlannedRead[] = [];
  let written = 0;
  for (let read = 0; (read * 1000) / ratePerSecond < durationMs; read += 1) {
    const intendedAtMs = (read * 1000) / ratePerSecond;
    while (written < operations.length && (operations[written]?.intendedAtMs ?? Infinity) <= intendedAtMs) written += 1;
    const sent = operations[random.int(0, Math.max(0, written - 1))];
    if (sent === undefined) break;
    reads.push({
      read,
      intendedAtMs,
      kind: readKinds[read % readKinds.length] as ReadQuestion['kind'],
      systemName: sent.systemName,
      objectId: sent.objectId,
    });
  }
  return reads;
};
