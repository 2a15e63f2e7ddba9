// The real driver against the stub: history and final state as of any run, for the checkers to judge.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietScenario } from '../../checkers/testing/simulated-run.ts';
import { machineSamples } from '../../checkers/testing/simulated-machine.ts';
import { startHttpDriver } from '../../drivers/http/driver.ts';
import type { Driver } from '../../drivers/start-driver.ts';
import { type PlannedScenario, planScenario } from '../../engine/plan.ts';
import type { RunData } from '../../engine/run-data.ts';
import { readHistory } from '../../history/read-history.ts';
import { startStub } from './start-stub.ts';
import type { StubOptions, StubState } from './stub-options.ts';

export type Driven = { readonly run: RunData } & Pick<StubState, 'counts' | 'answeredAt'>;

export type DriveOptions = {
  readonly stub: StubOptions;
  readonly seconds: number;
  readonly ratePerSecond: number;
  /** What sends; left out: our own driver over HTTP. */
  readonly startDriver?: StartStubDriver;
  /** Does something to the history's file before it is read back. */
  readonly spoil?: (historyFile: string) => Promise<void>;
};

export type StubJob = Pick<PlannedScenario, 'source' | 'plan' | 'traffic'> & {
  readonly url: string;
  readonly historyFile: string;
  readonly folder: string;
};
export type StartStubDriver = (job: StubJob) => Promise<Driver>;

const byHttp: StartStubDriver = ({ source, plan, url, historyFile }) =>
  startHttpDriver({ source, seed: plan.seed, digest: plan.digest, url, historyFile });

const leadMs = 300;

export const driveStub = async ({ stub: options, seconds, ratePerSecond, spoil, startDriver = byHttp }: DriveOptions): Promise<Driven> => {
  const phases = [{ name: 'only', kind: 'steady', seconds, ratePerSecond }] as const;
  const { plan, source, traffic } = planScenario({ ...quietScenario, phases }, options.seed);
  const folder = await mkdtemp(join(tmpdir(), 'faultline-stub-'));
  try {
    const historyFile = join(folder, 'history.ndjson');
    await using stub = await startStub(options);
    await using driver = await startDriver({ source, plan, traffic, url: `${stub.url}/events`, historyFile, folder });
    const zeroAt = Date.now() + leadMs;
    await stub.zero(zeroAt);
    driver.go(zeroAt);
    await driver.done;
    const { rows, counts, answeredAt } = await stub.state();
    await spoil?.(historyFile);
    const history = await readHistory(historyFile);
    const [to, endsAt] = [zeroAt + seconds * 1000, Date.now()];
    const timeline = {
      zeroAt,
      phases: [{ name: 'only', kind: 'steady', from: zeroAt, to }],
      drainedAt: Math.max(to, endsAt),
      drainPending: [],
    };
    const read = { operations: history.operations, historyComplete: history.complete, finalState: rows, finalStateComplete: true };
    const none = { evidence: [], signals: null, alerts: null, reads: null, consumed: null, books: null };
    const machine = { machine: machineSamples(zeroAt, seconds * 1000), machineComplete: true };
    return { run: { plan, timeline, ...read, ...none, ...machine }, counts, answeredAt };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
