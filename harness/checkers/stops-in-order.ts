// A process that is stopped in order ends by itself, with code 0 and within its time (docs/process-protocol.md). One that ends otherwise, or not at all, broke that
// promise, whatever it left behind. From the evidence of the faults that restart a process.
import type { FaultEvidence, RunData } from '../engine/run-data.ts';
import { type Check, conclude, concludeFrom, createFindings, numberFrom } from './check.ts';

const id = 'expectation/stops-in-order';

/** What the fault observed of the end: no code and no signal where the process still ran. */
type End = { readonly event: 'exited'; readonly tookMs: number; readonly code?: number | null; readonly signal?: string | null };

export const stopsInOrder: Check = ({ plan, evidence }: RunData, parameters) => {
  const seconds = numberFrom(parameters, 'seconds');
  const planned = plan.scenario.faults.filter(({ kind }) => kind === 'restart');
  if (planned.length === 0) return conclude(id, 'inconclusive', 'No process was to be stopped in order.');
  const findings = createFindings();
  const unknown: string[] = [];
  for (const { name } of planned) {
    const fault = evidence.find((each) => each.fault === name);
    const end = fault === undefined ? null : endOf(fault);
    const problem = end === null ? null : problemOf(end, seconds * 1000);
    if (problem !== null) findings.add(`the process that ${name} stopped ${problem}`, { facts: { evidence: fault } });
    else if (end === null || isRunning(end)) unknown.push(name);
  }
  if (findings.total === 0 && unknown.length > 0)
    return conclude(id, 'inconclusive', `How the processes ended that ${unknown.join(', ')} stopped is not known.`);
  return concludeFrom(id, findings, {
    good: `All ${planned.length} processes that were stopped in order ended by themselves, with code 0 and within ${seconds} s.`,
    bad: `${findings.total} of ${planned.length} processes that were stopped in order did not end by themselves with code 0 within ${seconds} s.`,
    measured: { value: findings.total, unit: 'processes', bound: '= 0' },
  });
};

const endOf = ({ observations }: FaultEvidence): End | null =>
  observations.map(({ data }) => data as End | null | undefined).find((data) => data?.event === 'exited') ?? null;

const isRunning = ({ code, signal }: End): boolean => code === undefined && signal === undefined;

/** null too where it still ran, and nobody waited for as long as it may take. */
const problemOf = (end: End, allowedMs: number): string | null => {
  const { tookMs, code, signal } = end;
  if (tookMs > allowedMs) return `${isRunning(end) ? 'still ran' : 'ended only'} after ${Math.round(tookMs)} ms`;
  if (isRunning(end) || code === 0) return null;
  return typeof signal === 'string' ? `was ended by ${signal}` : `ended with code ${code}`;
};
