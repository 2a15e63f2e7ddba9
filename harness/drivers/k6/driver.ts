// A scenario's traffic sent by k6: the plan becomes a script with all of its times and bodies, and what k6 says of each delivery becomes our history, so that
// every checker applies to it. Beside that its metrics go to the stack of the run.
import { dirname } from 'node:path';
import { setImmediate as soon } from 'node:timers/promises';
import { HarnessError } from '../../engine/errors.ts';
import { createHistoryWriter } from '../../history/history-writer.ts';
import type { TrafficSource } from '../../traffic/plan-events.ts';
import type { TrafficPlan } from '../../traffic/plan-traffic.ts';
import type { Dialect } from '../dialect.ts';
import type { DriverProgress, DriverSummary } from '../progress.ts';
import { createRequestMaker } from '../request-maker.ts';
import type { Driver } from '../start-driver.ts';
import { createTally } from '../tally.ts';
import { createGate, type Gate } from './gate.ts';
import { k6Arguments, type K6Child, k6Failure, type SpawnK6 } from './k6-call.ts';
import type { K6Program } from './k6-program.ts';
import { createKeeper, type Keeper } from './keep-deliveries.ts';
import { type K6Metrics, otlpEnvironment } from './otlp-environment.ts';
import { type SentBody, writeDeliveries } from './write-deliveries.ts';

export type K6DriverOptions = {
  readonly program: K6Program;
  /** Where script and deliveries are written. */
  readonly folder: string;
  readonly spawn: SpawnK6;
  readonly metrics: K6Metrics | null;
  readonly source: TrafficSource;
  readonly plan: TrafficPlan;
  readonly seed: number;
  /** Where POST /events is. */
  readonly url: string;
  readonly historyFile: string;
  readonly timeoutMs?: number;
  /** Virtual users: one delivery at a time each. With too few of them deliveries are late. */
  readonly users: number;
  /** A module of the user's own; null: each delivery is an HTTP request. */
  readonly script: string | null;
  readonly dialect: Dialect;
  readonly definiteRefusals: readonly string[];
  readonly onProgress?: (progress: DriverProgress) => void;
  readonly signal: AbortSignal;
};

const readyWithinMs = 120_000;
const progressEveryMs = 250;

/** Resolves when k6 has made its virtual users and waits for `go`. Rejects with FL_DRIVER_FAILED, and what k6 said, where it does not come so far. */
export const startK6Driver = async (options: K6DriverOptions): Promise<Driver> => {
  const { plan, program, folder, script, spawn, metrics } = options;
  await using undo = new AsyncDisposableStack();
  const gate = undo.use(await createGate());
  const { file, sent } = await writeDeliveries(folder, {
    plan,
    makeRequest: createRequestMaker(options, options.dialect),
    origin: new URL(options.url).origin,
    timeoutMs: timeoutOf(options),
    users: options.users,
    gateUrl: gate.url,
    script,
  });
  const { command, args, environment } = program.commandFor({
    args: k6Arguments({ samplesTo: '-', sendsMetrics: metrics !== null, script: file }),
    environment: metrics === null ? {} : otlpEnvironment(metrics),
    folders: [folder, ...(script === null ? [] : [dirname(script)])],
  });
  let hear: (line: string) => void = () => {};
  undo.defer(async () => program.remove?.());
  const child = undo.use(await spawn(command, args, environment, (line) => hear(line)));
  await awaitReady(gate, child, options.signal);
  const pid = (await program.pid?.()) ?? child.pid;
  const done = Promise.withResolvers<DriverSummary>();
  // It is handed out below; until someone waits for it a failure must not count as unhandled.
  done.promise.catch(() => {});
  const resources = undo.move();
  return {
    pid,
    plannedOperations: plan.operations.length,
    go: (zeroAt) => {
      const listening = (keeper: Keeper): void => void (hear = keeper.hear);
      done.resolve(play(options, { zeroAt, sent, child, gate, listening }));
    },
    done: done.promise,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
};

const timeoutOf = ({ timeoutMs = 10_000 }: K6DriverOptions): number => timeoutMs;

const awaitReady = async ({ asked }: Gate, { exited, logFile }: K6Child, signal: AbortSignal): Promise<void> => {
  const over = AbortSignal.any([signal, AbortSignal.timeout(readyWithinMs)]);
  const aborted = new Promise<'aborted'>((resolve) => over.addEventListener('abort', () => resolve('aborted'), { once: true }));
  const first = await Promise.race([asked, exited, aborted]);
  if (first === undefined) return;
  if (first !== 'aborted') throw k6Failure(first, logFile) ?? new HarnessError('FL_DRIVER_FAILED', 'k6 ended before it had sent anything');
  if (signal.aborted) throw new HarnessError('FL_INTERRUPTED', 'interrupted while k6 was starting');
  throw new HarnessError('FL_DRIVER_FAILED', `k6 was not ready within ${readyWithinMs / 1000} s; what it said is in ${logFile}`);
};

type Play = {
  readonly zeroAt: number;
  readonly sent: readonly SentBody[];
  readonly child: K6Child;
  readonly gate: Gate;
  readonly listening: (keeper: Keeper) => void;
};

/** The gate opens once there is a history to write to. */
const play = async (options: K6DriverOptions, { zeroAt, sent, child, gate, listening }: Play): Promise<DriverSummary> => {
  const { source, seed, plan, historyFile, onProgress } = options;
  const history = await createHistoryWriter(historyFile, { format: 1, scenario: source.name, seed, zeroAt });
  const tally = createTally(source.phases.map(({ name }) => name));
  const keeper = createKeeper({ ...options, sent, zeroAt, history, tally });
  listening(keeper);
  gate.open(zeroAt);
  const tell = setInterval(() => {
    void history.flush();
    onProgress?.(tally.progress(Date.now() - zeroAt));
  }, progressEveryMs);
  try {
    const failure = k6Failure(await child.exited, child.logFile);
    // Its last lines may be read a moment after its end.
    await soon();
    if (failure !== null) throw failure;
    keeper.end(Date.now());
    await history.end();
  } finally {
    clearInterval(tell);
  }
  const last = tally.progress(Date.now() - zeroAt);
  onProgress?.(last);
  return { ...last, type: 'done', operations: plan.operations.length };
};
