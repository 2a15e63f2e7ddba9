// The process of the HTTP driver.
import { runDriverProcess } from '../driver-process.ts';
import { loadDialect } from '../dialect.ts';
import type { DriverJob } from './protocol.ts';
import { createRetrier } from './retrier.ts';
import { prepareJob } from './run-job.ts';

await runDriverProcess<DriverJob>(async (job, own, whole) => {
  // Operations beyond the plan are attempts; the shares of several processes do not meet.
  const retrier = createRetrier({
    policy: job.retry,
    seed: job.seed,
    firstOp: whole.operations.length + job.share.index,
    opStep: job.share.of,
  });
  return prepareJob(job, own, { dialect: await loadDialect(job.targetFile), retrier });
});
