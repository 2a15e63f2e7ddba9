// PostgreSQL's stderr as records with a severity. A message and its DETAIL, HINT and continuation lines are one record.

export type LogSeverity = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
export type ServerRecord = {
  readonly severity: LogSeverity;
  readonly body: string;
  readonly backendPid?: number;
  readonly application?: string;
};

const severities: Readonly<Record<string, LogSeverity>> = {
  LOG: 'INFO',
  INFO: 'INFO',
  NOTICE: 'INFO',
  WARNING: 'WARN',
  ERROR: 'ERROR',
  FATAL: 'FATAL',
  PANIC: 'FATAL',
};

const severityOf = (level: string): LogSeverity | undefined => (level.startsWith('DEBUG') ? 'DEBUG' : severities[level]);

const parseLine = (line: string): ServerRecord | null => {
  // The prefix is missing on lines that are written before the settings are read.
  const match = /^(?:pg\|(\d+)\|([^|]*)\|)?([A-Z]+[1-5]?): {1,2}(.*)$/.exec(line);
  const severity = match ? severityOf(match[3] ?? '') : undefined;
  if (!match || !severity) return null;
  const application = match[2] && match[2] !== '[unknown]' ? { application: match[2] } : {};
  return { severity, body: match[4] ?? '', ...(match[1] ? { backendPid: Number(match[1]) } : {}), ...application };
};

/** What goes on from the line before: without the prefix, in one line. */
const continuation = (line: string): string => line.replace(/^pg\|\d+\|[^|]*\|/, '').trim();

/** Lines of one piece of output -> records. PostgreSQL writes each report with one write, so a piece holds whole ones. */
export const parseServerLog = (text: string): readonly ServerRecord[] => {
  const records: ServerRecord[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const record = parseLine(line);
    const last = records.at(-1);
    if (record) records.push(record);
    else if (last) records[records.length - 1] = { ...last, body: `${last.body} ${continuation(line)}` };
    else records.push({ severity: 'INFO', body: continuation(line) });
  }
  return records;
};
