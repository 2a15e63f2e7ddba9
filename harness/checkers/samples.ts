// Validity: each phase has enough answered operations for a 99th percentile to mean anything; by UDP nobody answers, and enough must have been sent.
import type { RunData } from '../engine/run-data.ts';
import { meanRate } from '../scenario/rate-shape.ts';
import { type CheckResult, concludeFrom, createFindings } from './check.ts';

const id = 'validity/samples';
/** Below a hundred samples a p99 is the maximum. */
const enough = 100;
/** A short or slow phase, such as a warm-up, needs most of what it planned; Poisson arrivals vary. */
const shareOfPlanned = 0.7;

export const samples = ({ plan, operations }: RunData): CheckResult => {
  const answered = new Map<string, number>();
  for (const { phase, status, datagram } of operations)
    if (status !== null || datagram !== undefined) answered.set(phase, (answered.get(phase) ?? 0) + 1);
  const findings = createFindings();
  let fewest = Infinity;
  for (const phase of plan.scenario.phases) {
    const { name, seconds } = phase;
    const needed = Math.ceil(Math.min(enough, seconds * meanRate(phase) * shareOfPlanned));
    const found = answered.get(name) ?? 0;
    fewest = Math.min(fewest, found);
    if (found < needed) findings.add(`phase ${name} has ${found} answered operations; ${needed} are needed`);
  }
  return concludeFrom(id, findings, {
    good: `Each phase has enough answered operations; the one with the fewest has ${fewest}.`,
    bad: `${findings.total} phases have too few answered operations to say anything of them.`,
    whenBad: 'inconclusive',
  });
};
