// Second deliveries: the same event and body again, a little later, never before the first was due.
import type { PlannedOperation } from './planned-operation.ts';
import type { Random } from './random.ts';

export type Draft = Omit<PlannedOperation, 'op' | 'traceId'>;
export type PhaseEnd = { readonly name: string; readonly toMs: number };

export const addDuplicates = (
  firsts: readonly Draft[],
  { share, withinMs }: { readonly share: number; readonly withinMs: number },
  phaseEnds: readonly PhaseEnd[],
  random: Random,
): Draft[] => [
  ...firsts,
  ...firsts
    .filter(({ poison }) => poison === null && random.chance(share))
    .map((first) => again(first, random.int(1, withinMs), phaseEnds)),
];

/** One that would fall after the traffic's end comes with its last moment. */
const again = (first: Draft, laterMs: number, phaseEnds: readonly PhaseEnd[]): Draft => {
  const last = phaseEnds.at(-1) as PhaseEnd;
  const intendedAtMs = Math.min(first.intendedAtMs + laterMs, Math.max(first.intendedAtMs, last.toMs - 0.001));
  const phase = (phaseEnds.find(({ toMs }) => intendedAtMs < toMs) ?? last).name;
  return { ...first, intendedAtMs, phase, delivery: 'duplicate' };
};
