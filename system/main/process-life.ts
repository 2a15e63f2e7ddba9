// The life of a process as docs/process-protocol.md has it: one ready line, or one refused line and exit 3; a first signal stops it
// gracefully (exit 0), a second one, at least a second later, at once (exit 130). Shared by every main.
import { randomBytes } from 'node:crypto';
import { messageOf } from '../contract/message-of.ts';
import { isSystemError } from '../contract/system-error.ts';
import { withDatabaseNamed } from './database-trouble.ts';
import { createSignalCount } from './stop-signals.ts';

export type Running = {
  /** For the ready line: `address`, and what else a starter needs. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Stops gracefully: when it resolves, nothing acknowledged is lost and nothing is left open. */
  stop(): Promise<void>;
  /** Rejects when the process can't go on. A process that fails ends with exit 1. */
  readonly failed?: Promise<never>;
};

export type ProcessLifeOptions = {
  readonly process: string;
  readonly instance: string;
  /** Ends as on SIGTERM when stdin closes (FAULTLINE_EXIT_WITH_PARENT). Read by start, once it has parsed its settings. */
  readonly start: (life: { exitWithParent(): void; readonly stopping: AbortSignal }) => Promise<Running>;
};

/** service.instance.id: `<role>-<pid>-<6 hex>`. */
export const createInstance = (role: string): string => `${role}-${process.pid}-${randomBytes(3).toString('hex')}`;

/** What application_name holds: PostgreSQL cuts at 63 bytes. */
export const applicationName = (role: string, instance: string, part?: string): string =>
  [`faultline-${role}`, instance, part]
    .filter((piece) => piece !== undefined)
    .join('-')
    .slice(0, 63);

export const runProcess = async ({ process: role, instance, start }: ProcessLifeOptions): Promise<void> => {
  // A reader of stdout that went away must not end the process.
  process.stdout.on('error', () => {});
  const stop = watchSignals();
  const life = { exitWithParent: stop.onStdinEnd, stopping: stop.signal };
  const identity = { process: role, pid: process.pid, instance };
  let running: Running;
  try {
    running = await start(life);
  } catch (error) {
    if (stop.signal.aborted) return endWith(0);
    return refuse(identity, error);
  }
  writeLine('INFO', 'listening', 'faultline.process.ready', { ...identity, ...running.attributes });
  await endWith(await untilStopped(identity, running, stop.signal));
};

const untilStopped = async (identity: Record<string, unknown>, running: Running, signal: AbortSignal): Promise<number> => {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await Promise.race([aborted, ...(running.failed ? [running.failed] : [])]);
    writeLine('INFO', 'stopping', 'faultline.process.stopping', identity);
    await running.stop();
    return 0;
  } catch (error) {
    writeLine('FATAL', messageOf(error), 'faultline.process.failed', { ...identity, code: codeOf(error), ...stackOf(error) });
    await running.stop().catch(() => undefined);
    return 1;
  }
};

const watchSignals = () => {
  const controller = new AbortController();
  const count = createSignalCount(() => performance.now());
  const onSignal = () => {
    if (count() === 'second') process.exit(130);
    controller.abort();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  const onStdinEnd = () => {
    const onEnd = () => {
      // A signal long after it is the second word to stop.
      if (!controller.signal.aborted) count();
      controller.abort();
    };
    process.stdin.on('end', onEnd);
    process.stdin.on('error', onEnd);
    process.stdin.resume();
  };
  return { signal: controller.signal, onStdinEnd };
};

const refuse = async (identity: Record<string, unknown>, thrown: unknown): Promise<void> => {
  const error = withDatabaseNamed(thrown);
  const known = isSystemError(error) ? error.details : stackOf(error);
  writeLine('FATAL', `can't start: ${messageOf(error)}`, 'faultline.process.refused', {
    ...identity,
    code: codeOf(error),
    message: messageOf(error),
    ...known,
  });
  await endWith(3);
};

/** Anything without a code of its own is a defect of ours, and only there a stack trace helps. */
const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('FL_') ? code : 'FL_START_FAILED';
};

const stackOf = (error: unknown): Record<string, unknown> =>
  error instanceof Error && codeOf(error) === 'FL_START_FAILED' ? { 'exception.stacktrace': error.stack } : {};

const writeLine = (severity: 'INFO' | 'FATAL', body: string, eventName: string, attributes: Readonly<Record<string, unknown>>): void => {
  const line = {
    time: new Date().toISOString(),
    severity_text: severity,
    severity_number: severity === 'INFO' ? 9 : 21,
    body,
    event_name: eventName,
    attributes,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/** process.exit cuts what a pipe has not taken yet: wait for it, but not for a reader that does not read. */
const endWith = async (code: number): Promise<void> => {
  const flushed = new Promise<void>((resolve) => void process.stdout.write('', () => resolve()));
  const bound = new Promise<void>((resolve) => void setTimeout(resolve, 1000).unref());
  await Promise.race([flushed, bound]);
  process.exit(code);
};
