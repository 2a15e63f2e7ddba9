// A record of PostgreSQL's log as a JSON line on stdout. No telemetry here: this process carries the database alone.
import type { ServerRecord } from './server-log.ts';

const numbers: Readonly<Record<ServerRecord['severity'], number>> = { DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 };

export const logLine = ({ severity, body, ...attributes }: ServerRecord, now: Date): string =>
  `${JSON.stringify({
    time: now.toISOString(),
    severity_text: severity,
    severity_number: numbers[severity],
    body,
    attributes: { process: 'postgres', ...attributes },
  })}\n`;
