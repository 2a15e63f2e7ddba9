// Sends what there is to tell, one export after the other, each bounded in time. What fails is counted and told in the next; log records wait for it.
import type { Clock } from '../engine/clock.ts';
import { explain } from '../engine/errors.ts';
import type { MomentQueue } from './moment-queue.ts';
import { logsBody, metricsBody, type NarrationScope } from './otlp-json.ts';
import { figuresAt, type RunState } from './run-state.ts';

export type NarratedSignal = 'metrics' | 'logs';
/** Rejects where the stack did not take it within the time. */
export type SendOtlp = (signal: NarratedSignal, body: unknown, timeoutMs: number) => Promise<void>;

export type ExportsOptions = {
  readonly scope: NarrationScope;
  readonly clock: Clock;
  readonly everyMs: number;
  readonly send: SendOtlp;
  readonly queue: MomentQueue;
  readonly state: () => Omit<RunState, 'exportFailures'>;
};

export type Exports = {
  once(): Promise<void>;
  /** Until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
  /** Why exports failed, in order. */
  readonly failures: readonly string[];
};

export const createExports = ({ scope, clock, everyMs, send, queue, state }: ExportsOptions): Exports => {
  const startedAtMs = clock.now();
  const failures: string[] = [];
  const exportFailures = { metrics: 0, logs: 0 };
  const attempt = async (signal: NarratedSignal, body: unknown): Promise<boolean> => {
    try {
      await send(signal, body, everyMs);
      return true;
    } catch (error) {
      failures.push(`${signal}: ${explain(error)}`);
      exportFailures[signal] += 1;
      return false;
    }
  };
  const exportMetrics = async (atMs: number): Promise<void> => {
    const figures = figuresAt({ ...state(), exportFailures: { ...exportFailures } }, atMs);
    await attempt('metrics', metricsBody(scope, figures, { startedAtMs, atMs }));
  };
  const exportLogs = async (atMs: number): Promise<void> => {
    const moments = queue.due(atMs);
    if (moments.length > 0 && (await attempt('logs', logsBody(scope, moments, atMs)))) queue.told(moments);
  };
  const once = async (): Promise<void> => {
    const atMs = clock.now();
    await Promise.all([exportMetrics(atMs), exportLogs(atMs)]);
  };
  const follow = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      // One after the other: a slow export must not be overtaken by the next.
      // oxlint-disable-next-line no-await-in-loop
      await once();
      // oxlint-disable-next-line no-await-in-loop
      await clock.sleep(everyMs, signal);
    }
  };
  return { once, follow, failures };
};
