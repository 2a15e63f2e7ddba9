// A question to the telemetry that was not answered: what was asked of whom, and what came back. Never a value, never 0.
import { HarnessError } from '../engine/errors.ts';

export type Backend = 'prometheus' | 'tempo' | 'loki' | 'otlp' | 'stack';

export class SignalError extends HarnessError {
  readonly backend: Backend;
  readonly asked: string;
  /** HTTP status; null where there was no answer at all. */
  readonly status: number | null;

  constructor(backend: Backend, asked: string, status: number | null, said: string, options?: ErrorOptions) {
    const how = status === null ? 'did not answer' : `answered ${status}`;
    super('FL_STACK_FAILED', `${backend} ${how} to ${asked}: ${said.slice(0, 500)}`, options);
    this.name = 'SignalError';
    this.backend = backend;
    this.asked = asked;
    this.status = status;
  }
}
