// A worker's process: an event loop of its own, so that nothing else is the generator's lateness. Takes jobs as JSON lines (protocol.ts), one after the other.
import { createInterface } from 'node:readline';
import { askForPriority } from '../../drivers/ask-for-priority.ts';
import type { FromWorker, Go, LoadJob } from './protocol.ts';
import { prepareJob } from './run-job.ts';

const say = (message: FromWorker): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const main = async (): Promise<void> => {
  askForPriority();
  // The harness holds the other end for as long as it lives.
  process.stdin.on('end', () => process.exit(0));
  const inbox = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  for (;;) {
    const line = await inbox.next();
    if (line.done === true) return;
    await using job = await prepareJob(JSON.parse(line.value) as LoadJob);
    say({ type: 'ready', requests: job.requests });
    const go = JSON.parse((await inbox.next()).value as string) as Go;
    say(await job.run(go.zeroAt, say));
  }
};

try {
  await main();
  process.exit(0);
} catch (error) {
  say({ type: 'failed', message: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) });
  process.exit(1);
}
