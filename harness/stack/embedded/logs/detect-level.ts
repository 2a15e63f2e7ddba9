// `detected_level`, as Loki finds it when it takes an entry in: from a label, from the severity number, from the line.
import { eachMember } from './logql/stages/json-scan.ts';
import { scanLogfmt } from './logql/stages/parse-logfmt.ts';

const levelLabels = [
  'level',
  'LEVEL',
  'Level',
  'log.level',
  'severity',
  'SEVERITY',
  'Severity',
  'SeverityText',
  'lvl',
  'LVL',
  'Lvl',
  'severity_text',
  'Severity_Text',
  'SEVERITY_TEXT',
];

const names: Readonly<Record<string, string>> = {
  trace: 'trace',
  trc: 'trace',
  debug: 'debug',
  dbg: 'debug',
  info: 'info',
  inf: 'info',
  information: 'info',
  warn: 'warn',
  wrn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  critical: 'critical',
  fatal: 'fatal',
};

const bySeverity = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** A word that is known gets its usual form, any other stays as it is. */
const normalised = (level: string): string => names[level.toLowerCase()] ?? level;

const fromNumber = (text: string): string => bySeverity[Math.floor((Number(text) - 1) / 4)] ?? 'unknown';

class Found extends Error {}

/** The first such member, down to the second level of objects. */
const fromJson = (line: string): string => {
  let level = '';
  const look = (text: string, depth: number): void => {
    if (depth >= 2) return;
    eachMember(text, (key, value) => {
      if (value.type === 'object') look(value.text, depth + 1);
      if (value.type !== 'string' || !levelLabels.includes(key)) return;
      level = value.text;
      throw new Found();
    });
  };
  try {
    look(line, 0);
  } catch {
    // Found, or no JSON after all: what was seen counts.
  }
  return level;
};

const fromLogfmt = (line: string): string => {
  let best = levelLabels.length;
  let level = '';
  for (const { key, value, problem } of scanLogfmt(line)) {
    if (problem !== '') break;
    const rank = levelLabels.findIndex((label) => label.toLowerCase() === key.toLowerCase());
    if (rank >= 0 && rank < best) [best, level] = [rank, value];
  }
  return level;
};

/** The first level that stands alone as a word. A colon before it makes it a part of something else. */
const word = /(?<=^|[ \t\n[({"=])(?:trace|debug|fatal|critical|error|err|warning|warn|info)(?=$|[ \t\n[\](){}:,!"=])/;

const fromText = (line: string): string => names[word.exec(line.toLowerCase())?.[0] ?? ''] ?? 'unknown';

const fromLine = (line: string): string => {
  const trimmed = line.trim();
  if (trimmed.startsWith('{') && trimmed.endsWith('}')) return names[fromJson(line).toLowerCase()] ?? fromText(line);
  return (line.includes('=') ? names[fromLogfmt(line).toLowerCase()] : undefined) ?? fromText(line);
};

/** Null: the sender said it already, under this very name. */
export const detectLevel = (stream: ReadonlyMap<string, string>, metadata: Map<string, string>, line: string): string | null => {
  const given = metadata.get('detected_level');
  if (given !== undefined) metadata.set('detected_level', normalised(given));
  if (given !== undefined) return null;
  const labelled = levelLabels.find((name) => stream.has(name)) ?? levelLabels.find((name) => metadata.has(name));
  if (labelled !== undefined) return normalised(stream.get(labelled) ?? metadata.get(labelled)!);
  const number = metadata.get('severity_number');
  return number === undefined ? fromLine(line) : fromNumber(number);
};
