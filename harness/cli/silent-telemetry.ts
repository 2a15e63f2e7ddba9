// The telemetry of a target that exports none: the harness still tells the stack of its own run, and nothing is ever asked of it.
import type { Telemetry } from '../engine/parts.ts';
import { HarnessError } from '../engine/errors.ts';
import { sendOtlp, type TelemetryOptions } from '../signals/telemetry.ts';

export const silentTelemetry = (otlp: TelemetryOptions['otlp']): Telemetry => ({
  send: (signal, body, timeoutMs) => sendOtlp(otlp, signal, body, timeoutMs),
  canary: () => Promise.resolve([]),
  fingerprint: () => Promise.resolve(''),
  collect: () => Promise.reject(nothingToAsk()),
  alerts: () => Promise.reject(nothingToAsk()),
});

/** Whoever asks has not looked at what the target lacks. */
const nothingToAsk = (): HarnessError => new HarnessError('FL_INTERNAL', 'this target has no telemetry that could be asked');
