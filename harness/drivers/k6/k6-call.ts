// One call of the k6 program: what it is told on its command line, and what its end means.
import { readFileSync } from 'node:fs';
import { HarnessError } from '../../engine/errors.ts';

type K6Exit = { readonly code: number | null; readonly signal: string | null };

export type K6Child = AsyncDisposable & {
  readonly pid: number;
  readonly exited: Promise<K6Exit>;
  readonly logFile: string;
};

/** `onLine`: its standard output comes here, and not into its log. */
export type SpawnK6 = (
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  onLine?: (line: string) => void,
) => Promise<K6Child>;

export type K6Arguments = {
  /** A file, or `-` for its standard output. */
  readonly samplesTo: string;
  readonly sendsMetrics: boolean;
  readonly script: string;
};

/** No address: its control API would take a port that others may use. */
export const k6Arguments = ({ samplesTo, sendsMetrics, script }: K6Arguments): readonly string[] => {
  const outputs = [`json=${samplesTo}`, ...(sendsMetrics ? ['opentelemetry'] : [])];
  return ['run', '--quiet', '--no-usage-report', '--address', '', ...outputs.flatMap((output) => ['--out', output]), script];
};

/** k6 ends so when thresholds of a script are missed: what it measured is whole. */
const thresholdsMissed = 99;

/** Null: it did its work. */
export const k6Failure = ({ code, signal }: K6Exit, logFile: string): HarnessError | null =>
  code === 0 || code === thresholdsMissed
    ? null
    : new HarnessError('FL_DRIVER_FAILED', `k6 ended with ${signal ?? `code ${code}`}; what it said is in ${logFile}${lastWords(logFile)}`);

const lastWords = (logFile: string): string => {
  try {
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5);
    return `:\n${lines.map((line) => line.slice(0, 400)).join('\n')}`;
  } catch {
    // Without a log there are none.
    return '';
  }
};
