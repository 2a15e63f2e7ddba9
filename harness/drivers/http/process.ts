// The driver's process: its own event loop, so that the harness's work is never the generator's lateness. Speaks JSON lines (protocol.ts).
import { createInterface } from 'node:readline';
import { askForPriority } from './ask-for-priority.ts';
import { digestOf, planTraffic } from '../../traffic/plan-traffic.ts';
import { loadDialect } from './dialect.ts';
import type { DriverJob, FromDriver, Go } from './protocol.ts';
import { createRetrier } from './retrier.ts';
import { prepareJob } from './run-job.ts';

const say = (message: FromDriver): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const main = async (): Promise<void> => {
  askForPriority();
  const lines = createInterface({ input: process.stdin });
  // The harness holds the other end for as long as it lives.
  process.stdin.on('end', () => process.exit(1));
  const inbox = lines[Symbol.asyncIterator]();
  const job = JSON.parse((await inbox.next()).value as string) as DriverJob;
  const plan = planTraffic(job.source, job.seed);
  const digest = digestOf(plan, job.seed);
  if (digest !== job.digest) throw new Error(`the driver planned other traffic (${digest}) than the harness (${job.digest})`);
  const own = { ...plan, operations: plan.operations.filter(({ op }) => op % job.share.of === job.share.index) };
  // Operations beyond the plan are attempts; the shares of several processes do not meet.
  const retrier = createRetrier({
    policy: job.retry,
    seed: job.seed,
    firstOp: plan.operations.length + job.share.index,
    opStep: job.share.of,
  });
  await using prepared = await prepareJob(job, own, { dialect: await loadDialect(job.targetFile), retrier });
  say({ type: 'ready', operations: own.operations.length });
  const go = JSON.parse((await inbox.next()).value as string) as Go;
  say(await prepared.run(go.zeroAt, say));
};

try {
  await main();
  process.exit(0);
} catch (error) {
  say({ type: 'failed', message: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) });
  process.exit(1);
}
