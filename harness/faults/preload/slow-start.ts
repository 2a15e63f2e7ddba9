// Loaded before a program by `node --import`: holds its main thread for HARNESS_START_DELAY_MS before anything of the program runs.
import { isMainThread } from 'node:worker_threads';

const delayMs = Number(process.env['HARNESS_START_DELAY_MS']);
if (isMainThread && delayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delayMs);
