// What the process of every driver does around its own work: its own event loop, so that the harness's work is never the generator's lateness. Hears and says JSON lines (progress.ts).
import { createInterface } from 'node:readline';
import type { TrafficSource } from '../traffic/plan-events.ts';
import { digestOf, planTraffic, type TrafficPlan } from '../traffic/plan-traffic.ts';
import { askForPriority } from './ask-for-priority.ts';
import type { DriverProgress, DriverSummary, FromDriver, Go } from './progress.ts';

/** What every job has. */
export type PlannedJob = {
  readonly source: TrafficSource;
  readonly seed: number;
  /** The digest that the harness planned; another one here means that the two would not judge the same traffic. */
  readonly digest: string;
  /** Every n-th operation of the plan, where several processes share it. */
  readonly share: { readonly index: number; readonly of: number };
};

export type Prepared = AsyncDisposable & {
  /** `zeroAt`: epoch milliseconds. */
  run(zeroAt: number, report: (progress: DriverProgress) => void): Promise<DriverSummary>;
};

/** `whole`: before it was shared between several processes. */
export type Prepare<Job> = (job: Job, own: TrafficPlan, whole: TrafficPlan) => Promise<Prepared>;

/** Ends the process: 0 where the work was done and said. */
export const runDriverProcess = async <Job extends PlannedJob>(prepare: Prepare<Job>): Promise<never> => {
  try {
    await work(prepare);
    process.exit(0);
  } catch (error) {
    say({ type: 'failed', message: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) });
    process.exit(1);
  }
};

const work = async <Job extends PlannedJob>(prepare: Prepare<Job>): Promise<void> => {
  askForPriority();
  const lines = createInterface({ input: process.stdin });
  // The harness holds the other end for as long as it lives.
  process.stdin.on('end', () => process.exit(1));
  const inbox = lines[Symbol.asyncIterator]();
  const job = JSON.parse((await inbox.next()).value as string) as Job;
  const whole = planTraffic(job.source, job.seed);
  const digest = digestOf(whole, job.seed);
  if (digest !== job.digest) throw new Error(`the driver planned other traffic (${digest}) than the harness (${job.digest})`);
  const own = { ...whole, operations: whole.operations.filter(({ op }) => op % job.share.of === job.share.index) };
  await using prepared = await prepare(job, own, whole);
  say({ type: 'ready', operations: own.operations.length });
  const go = JSON.parse((await inbox.next()).value as string) as Go;
  say(await prepared.run(go.zeroAt, say));
};

const say = (message: FromDriver): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
