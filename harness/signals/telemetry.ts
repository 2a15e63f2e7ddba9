// One telemetry stack, asked and told things about one scenario: what the engine holds (engine/parts.ts, Telemetry).
import type { Clock } from '../engine/clock.ts';
import type { Telemetry } from '../engine/parts.ts';
import { ask } from './ask.ts';
import { askFinals } from './ask-finals.ts';
import { sendCanary } from './canary.ts';
import type { SignalClient } from './client.ts';
import { collectSignals } from './collect-signals.ts';
import { SignalError } from './signal-error.ts';
import type { TargetSignals } from './target-signals.ts';

export type TelemetryOptions = {
  /** OTLP/HTTP base URL. */
  readonly otlpUrl: string;
  readonly client: SignalClient;
  readonly signals: TargetSignals;
  readonly clock: Clock;
  readonly exportIntervalMs: number;
  /** What the receiver has dropped since it began; the embedded stack tells it. */
  readonly dropped: () => Promise<number>;
};

const canaryWithinMs = 5_000;
/** Longer than any scenario, shorter than the embedded stack's memory. */
const runWithinMs = 1_800_000;

const labelsText = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).toSorted(([left], [right]) => (left < right ? -1 : 1)));

const fingerprintOf = async (
  { client, signals, clock, exportIntervalMs }: TelemetryOptions,
  scope: { runId: string; scenario: string },
): Promise<string> => {
  const atMs = clock.now();
  const finals = await askFinals({ client, scope, signals, exportIntervalMs, atMs, sinceMs: atMs - runWithinMs });
  const failed = finals.find(({ error }) => error !== undefined);
  if (failed?.error !== undefined) throw new SignalError('prometheus', failed.promql, null, failed.error);
  if (finals.every(({ series }) => series.length === 0))
    throw new SignalError('prometheus', 'the final values', 200, 'no series of this run at all');
  const values = finals.flatMap(({ signal, series }) =>
    series.map(({ labels, samples }) => `${signal} ${labelsText(labels)} ${samples.at(-1)?.[1]}`),
  );
  return values.toSorted().join('\n');
};

export const createTelemetry = (options: TelemetryOptions): Telemetry => {
  const { otlpUrl, client, signals, clock, dropped } = options;
  return {
    canary: (when, scope, signal) => sendCanary({ otlpUrl, client, clock, when, scope, withinMs: canaryWithinMs, signal }),
    fingerprint: (scope) => fingerprintOf(options, scope),
    collect: (collected) => collectSignals({ ...collected, client, signals, clock, dropped }),
  };
};

/** The embedded stack's own count of what it had to drop. */
export const embeddedDropped = (stackUrl: string) => async (): Promise<number> => {
  const { body } = await ask({ backend: 'stack', url: `${stackUrl}/embedded/status` });
  const dropped = (body as { readonly dropped?: unknown } | null)?.dropped;
  if (typeof dropped !== 'number') throw new SignalError('stack', '/embedded/status', 200, 'no count of what was dropped');
  return dropped;
};
