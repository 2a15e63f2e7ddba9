// Promise 7, of memory: at no sample did a process of the run hold more than `megabytes` (proportional set size, shared pages divided among those who share them).
import type { RunData } from '../engine/run-data.ts';
import { type Check, conclude, concludeFrom, createFindings, numberFrom } from './check.ts';

const id = 'expectation/memory-within';
const bytesPerMegabyte = 1_000_000;

/** They live longer than one run, and hold what the scenarios before it left in them: the harness itself, and the parts of the telemetry stack. */
const outliving: ReadonlySet<string> = new Set(['harness', 'stack', 'prometheus', 'tempo', 'loki', 'grafana']);

export const memoryWithin: Check = (run, parameters) => {
  const bound = numberFrom(parameters, 'megabytes');
  const most = new Map<string, number>();
  for (const { processes } of run.machine) {
    for (const { role, pid, pssBytes } of processes) {
      const name = `${role} (pid ${pid})`;
      if (pssBytes !== null && !outliving.has(role)) most.set(name, Math.max(most.get(name) ?? 0, pssBytes / bytesPerMegabyte));
    }
  }
  const findings = createFindings();
  for (const [name, megabytes] of most) if (megabytes > bound) findings.add(`${name} held ${Math.round(megabytes)} MB`);
  // More than the bound is proof, however few were looked at.
  const unknown = findings.total > 0 ? null : whatIsUnknown(run);
  if (unknown !== null) return conclude(id, 'inconclusive', unknown);
  const largest = Math.round(Math.max(...most.values()));
  return concludeFrom(id, findings, {
    good: `None of ${most.size} processes held more than ${largest} MB.`,
    bad: `${findings.total} of ${most.size} processes held more than ${bound} MB.`,
    measured: { value: largest, unit: 'MB', bound: `<= ${bound} MB` },
  });
};

/** Each process that the scenario asks for must have been measured, and each role that was seen at all: one that was not may have held anything. */
const whatIsUnknown = ({ machine, machineComplete, plan }: RunData): string | null => {
  if (!machineComplete) return 'The samples of the machine are cut off, so what processes held at the end is not known.';
  const samples = machine.flatMap(({ processes }) => processes.filter(({ role }) => !outliving.has(role)));
  const measured = (role: string): number =>
    new Set(samples.filter((sample) => sample.role === role && sample.pssBytes !== null).map(({ pid }) => pid)).size;
  const due = new Map([...samples.map(({ role }) => [role, 1] as const), ...Object.entries(plan.scenario.target.processes)]);
  const short = [...due].filter(([role, count]) => measured(role) < count);
  if (short.length === 0) return null;
  return `The memory of too few processes was sampled: ${short.map(([role, count]) => `${measured(role)} of ${count} of role ${role}`).join(', ')}.`;
};
