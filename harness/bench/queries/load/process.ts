// The load's process: its own event loop and its own CPU, so that making and sending samples is never taken for receiving them.
import { createInterface } from 'node:readline';
import type { FromLoader, LoadJob } from './protocol.ts';
import { runLoad } from './run-load.ts';

const say = (message: FromLoader): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

// Whoever started it holds the other end for as long as it lives.
process.stdin.on('end', () => process.exit(1));

try {
  const inbox = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const job = JSON.parse((await inbox.next()).value as string) as LoadJob;
  say({ type: 'done', stretches: await runLoad(job) });
  process.exit(0);
} catch (error) {
  say({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
}
