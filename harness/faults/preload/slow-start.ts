// Loaded before a program by `node --import`: holds its main thread for HARNESS_START_DELAY_MS before anything of the program runs, and writes when it began to and
// when it let go to HARNESS_START_HELD_FILE, a line of JSON each: `{ pid, event: 'holding' | 'let-go', at, heldMs }`, epoch milliseconds and milliseconds.
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const delayMs = Number(process.env['HARNESS_START_DELAY_MS']);
const file = process.env['HARNESS_START_HELD_FILE'];

const hold = (): void => {
  const since = performance.now();
  const heldMs = (): number => performance.now() - since;
  const write = (event: string): void => {
    if (file !== undefined) appendFileSync(file, `${JSON.stringify({ pid: process.pid, event, at: Date.now(), heldMs: heldMs() })}\n`);
  };
  write('holding');
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (heldMs() < delayMs) Atomics.wait(never, 0, 0, delayMs - heldMs());
  write('let-go');
};

if (isMainThread && delayMs > 0) hold();
