// Starts the embedded stack: one Node process that takes OTLP in and answers as Prometheus, Tempo and Loki do.
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embeddedDropped } from '../signals/embedded-dropped.ts';
import { spawnProcess, type SpawnedProcess } from './processes.ts';
import { metricInterval } from './metric-interval.ts';
import { endpointsAt, type RunningStack } from './running-stack.ts';
import type { StackOptions } from './stack-options.ts';

const readyWithinMs = 15_000;
const program = fileURLToPath(new URL(`./embedded/main${extname(import.meta.url)}`, import.meta.url));

export const startEmbedded = async (options: StackOptions): Promise<RunningStack> => {
  const { registry, logFolder, signal, clock, onPart } = options;
  const beganAt = clock.now();
  const started = await spawnProcess({
    command: process.execPath,
    // Small young generation: what it takes in lives long, and half-full nurseries would double its memory.
    args: ['--max-semi-space-size=8', '--disable-warning=ExperimentalWarning', program, ...parametersOf(options)],
    role: 'stack',
    logFile: join(logFolder, 'stack.log'),
    registry,
    failure: 'FL_STACK_FAILED',
  });
  try {
    const { attributes } = await started.ready(readyWithinMs, signal);
    const afterMs = clock.now() - beganAt;
    onPart?.('stack', afterMs);
    return runningStack(started, String(attributes['address']), afterMs);
  } catch (error) {
    await started.stop();
    throw error;
  }
};

/** As grafana/prometheus/prometheus.yml has it for the others. */
const production = { rules: fileURLToPath(new URL('../../grafana/alerts/production.rules.yml', import.meta.url)), evaluationSeconds: 15 };

const rulesOf = ({ ruleFiles, evaluationSeconds = 1 }: StackOptions): readonly string[] => {
  const files = ruleFiles ?? (existsSync(production.rules) ? [production.rules] : []);
  const seconds = ruleFiles === undefined ? production.evaluationSeconds : evaluationSeconds;
  // Without rules too: it is the step of subqueries that name none.
  return [...files.flatMap((file) => ['--rules', file]), '--evaluation-interval', `${seconds}s`];
};

const parametersOf = (options: StackOptions): readonly string[] => [
  '--port',
  String(options.ports?.embedded ?? 0),
  '--metric-interval',
  metricInterval(options.environment),
  ...rulesOf(options),
];

const runningStack = (started: SpawnedProcess, address: string, afterMs: number): RunningStack => ({
  runtime: 'embedded',
  endpoints: { ...endpointsAt(address), page: `${address}/` },
  access: {},
  processes: [{ role: started.role, pid: started.pid }],
  // It is part of this repository: its version is faultline's own.
  versions: {},
  readyAfterMs: { stack: afterMs },
  warnings: [],
  visibleWithinMs: 0,
  exited: started.exited.then(() => started.role),
  dropped: embeddedDropped(address),
  [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
});
