// Promise 2, first half: one identity is appended once, whatever was delivered twice.
import type { RunData } from '../engine/run-data.ts';
import { indexOf } from '../history/run-index.ts';
import { type CheckResult, conclude, concludeFrom, createFindings } from './check.ts';

const id = 'safety/duplicate-in-log';

export const duplicateInLog = (run: RunData): CheckResult => {
  const { rows, loggedRepeatedly, logById } = indexOf(run);
  if (rows.log.length === 0) return conclude(id, 'inconclusive', 'The log that was read back is empty.');
  const findings = createFindings();
  for (const [identity, twice] of loggedRepeatedly())
    findings.add(`event ${identity} is in the log ${twice.length} times`, { rows: twice });
  for (const [eventId, twice] of logById.repeated())
    findings.add(`id ${eventId} was given to ${twice.length} rows of the log`, { rows: twice });
  return concludeFrom(id, findings, {
    good: `Each of the ${rows.log.length} events in the log is there once.`,
    bad: `${findings.total} events are in the log more than once.`,
    measured: { value: findings.total, unit: 'events', bound: '= 0' },
  });
};
