// Loaded before a program by `node --import`: a clock that is HARNESS_CLOCK_OFFSET_MS off and runs HARNESS_CLOCK_DRIFT_PPM too fast, in every thread.
// What tells the time of day is shifted; what measures stretches of it (performance.now, hrtime) only drifts, as on a machine whose clock is wrong.
import { performance } from 'node:perf_hooks';
import { syncBuiltinESMExports } from 'node:module';

const offsetMs = Number(process.env['HARNESS_CLOCK_OFFSET_MS'] ?? 0);
const ratio = 1 + Number(process.env['HARNESS_CLOCK_DRIFT_PPM'] ?? 0) / 1_000_000;

const RealDate = Date;
const realNow = RealDate.now;
const startedAt = realNow();
/** Drift begins with the process; both clocks of it agree, as they do on a real machine. */
const now = (): number => Math.floor(startedAt + offsetMs + (realNow() - startedAt) * ratio);

class ShiftedDate extends RealDate {
  constructor(...parameters: unknown[]) {
    if (parameters.length === 0) super(now());
    else super(...(parameters as [number]));
  }

  static override now(): number {
    return now();
  }
}

/** `Date()` without new gives text. */
const callable = new Proxy(ShiftedDate, {
  apply: () => new ShiftedDate().toString(),
});
ShiftedDate.prototype.constructor = callable;
globalThis.Date = callable as unknown as DateConstructor;

const realPerformanceNow = performance.now.bind(performance);
const realOrigin = performance.timeOrigin;
const realHrtime = process.hrtime.bind(process);
const realBigint = process.hrtime.bigint.bind(process.hrtime);
const firstBigint = realBigint();

const driftedBigint = (): bigint => firstBigint + BigInt(Math.round(Number(realBigint() - firstBigint) * ratio));
const hrtime = (previous?: [number, number]): [number, number] => {
  if (ratio === 1) return realHrtime(previous);
  const nanoseconds = driftedBigint() - (previous === undefined ? 0n : BigInt(previous[0]) * 1_000_000_000n + BigInt(previous[1]));
  return [Number(nanoseconds / 1_000_000_000n), Number(nanoseconds % 1_000_000_000n)];
};
process.hrtime = Object.assign(hrtime, { bigint: driftedBigint });
Object.defineProperty(performance, 'now', { value: () => realPerformanceNow() * ratio, configurable: true });
Object.defineProperty(performance, 'timeOrigin', { value: realOrigin + offsetMs, configurable: true });
syncBuiltinESMExports();
