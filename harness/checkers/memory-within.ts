// Promise 7, of memory: at no sample did a process of the run hold more than `megabytes` (proportional set size, shared pages divided among those who share them).
import { type Check, conclude, concludeFrom, createFindings, numberFrom } from './check.ts';

const id = 'expectation/memory-within';
const bytesPerMegabyte = 1_000_000;

export const memoryWithin: Check = ({ machine }, parameters) => {
  const bound = numberFrom(parameters, 'megabytes');
  const most = new Map<string, number>();
  for (const { processes } of machine) {
    for (const { role, pid, pssBytes } of processes) {
      const name = `${role} (pid ${pid})`;
      if (pssBytes !== null) most.set(name, Math.max(most.get(name) ?? 0, pssBytes / bytesPerMegabyte));
    }
  }
  if (most.size === 0) return conclude(id, 'inconclusive', 'The memory of no process was sampled.');
  const findings = createFindings();
  for (const [name, megabytes] of most) if (megabytes > bound) findings.add(`${name} held ${Math.round(megabytes)} MB`);
  const largest = Math.round(Math.max(...most.values()));
  return concludeFrom(id, findings, {
    good: `None of ${most.size} processes held more than ${largest} MB.`,
    bad: `${findings.total} of ${most.size} processes held more than ${bound} MB.`,
    measured: { value: largest, unit: 'MB', bound: `<= ${bound} MB` },
  });
};
