// The last lines of a process's log: what it said before it ended.
import { readFileSync } from 'node:fs';

const longestLine = 400;

export const logTail = (logFile: string, count = 5): string => {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count);
  return lines.map((line) => line.slice(0, longestLine)).join('\n');
};
