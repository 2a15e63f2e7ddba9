// `npm start`: runs the system for use until it is told to stop. Exit 0 after SIGTERM, 130 after Ctrl-C, 3 where it can't start.
import { CommanderError } from 'commander';
import { isSystemError, SystemError } from '../contract/system-error.ts';
import type { TlsFiles } from '../contract/tls-files.ts';
import { loadProcessors } from './own/load-processors.ts';
import { demandAllSettings } from './start/all-settings.ts';
import { parseStartOptions, type StartOptions } from './start/options.ts';
import { startSystem, type RunningSystem } from './start/run-system.ts';
import { showLine } from './start/show.ts';
import { readState } from './start/survived.ts';
import { welcomeText } from './start/welcome.ts';
import { createSignalCount } from './stop-signals.ts';
import { readTlsFiles } from './tls/read-tls-files.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const now = (): Date => new Date();

/** Settings of one process alone, which have a flag here. */
const flagInstead = {
  FAULTLINE_PORT: '--port',
  FAULTLINE_REUSE_PORT: '--ingest',
  FAULTLINE_ADMIN_PORT: '--port',
  FAULTLINE_POSTGRES_DATA: '--data',
};

const demandNoProcessSettings = (): void => {
  const given = Object.entries(flagInstead).filter(([name]) => process.env[name]);
  if (given.length === 0) return;
  const words = given.map(([name, flag]) => `${name} is for one process alone: with npm start, use ${flag}.`).join('\n');
  throw new SystemError('FL_SETTINGS_INVALID', words);
};

type StopSignals = { readonly signal: AbortSignal; exitCode(): number; onSecond(listener: () => void): void };

const watchSignals = (): StopSignals => {
  const first = new AbortController();
  let exitCode = 0;
  let second = (): void => process.exit(130);
  const count = createSignalCount(() => performance.now());
  const stopOn = (name: NodeJS.Signals, code: number): void => {
    process.on(name, () => {
      const which = count();
      if (which === 'second') return second();
      if (which === 'same') return;
      exitCode = code;
      first.abort();
    });
  };
  stopOn('SIGINT', 130);
  stopOn('SIGTERM', 0);
  // The terminal was closed.
  stopOn('SIGHUP', 0);
  return { signal: first.signal, exitCode: () => exitCode, onSecond: (listener) => void (second = listener) };
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

type WelcomeContext = {
  readonly processors: readonly string[];
  readonly tls: TlsFiles | null;
  readonly certificatePath: string | null;
  readonly signal: AbortSignal;
};

const welcome = async (
  system: RunningSystem,
  options: StartOptions,
  { processors, tls, certificatePath, signal }: WelcomeContext,
): Promise<void> => {
  const { ingestUrl, udpUrl, queryUrl, storage } = system;
  const { words: state, isKeyNeeded } = await readState(queryUrl, tls, signal);
  if (signal.aborted) return;
  print(
    welcomeText({
      ingestUrl,
      udpUrl,
      processors,
      queryUrl,
      ingestCount: options.ingest,
      workerCount: options.workers,
      storage: storage.description,
      state,
      isKeyNeeded,
      certificatePath,
      now: now(),
    }),
  );
};

const run = async (options: StartOptions, signals: StopSignals): Promise<void> => {
  demandNoProcessSettings();
  const settings = demandAllSettings(process.env);
  // Before anything starts: the processes would each refuse it.
  const tls = await readTlsFiles(settings);
  const processors = [...(settings.processors ?? []), ...options.processor];
  const described = await loadProcessors(processors, { leaseMs: settings.leaseMs, deadlineMs: settings.handlerDeadlineMs });
  await using system = await startSystem({
    options,
    settings,
    processors,
    environment: process.env,
    showLine: (name, line) => {
      const text = showLine(name, line, options.verbose);
      if (text !== null) say(text);
    },
    say,
    clock: () => performance.now(),
    now,
    signal: signals.signal,
  });
  signals.onSecond(() => {
    system.kill();
    process.exit(130);
  });
  const named = described.map(({ name, version }) => `${name}/${version}`);
  await welcome(system, options, { processors: named, tls, certificatePath: settings.tlsCertificate, signal: signals.signal });
  await untilAborted(signals.signal);
};

const main = async (): Promise<number> => {
  const signals = watchSignals();
  try {
    await run(parseStartOptions(process.argv.slice(2)), signals);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 3;
    if (!signals.signal.aborted) {
      if (!isSystemError(error)) throw error;
      say(`faultline can't start (${error.code}): ${error.message}`);
      return 3;
    }
  }
  return signals.exitCode();
};

// Whoever read our lines may be gone; the system is stopped in order all the same.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.exit(await main());
