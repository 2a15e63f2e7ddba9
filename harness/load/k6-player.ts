// A load plan played by k6: its samples go through the same counting as those of our own workers, so that the same gates judge them.
// What k6 dropped is in no figure of its own; here it is a doubt, and nothing is green.
import { codeOfK6Error } from '../drivers/k6/k6-error.ts';
import type { K6Output, K6Sample } from '../drivers/k6/read-points.ts';
import type { K6Plan, K6Request } from '../drivers/k6/k6-plan.ts';
import { runK6, type RunK6Options, writeK6Files } from '../drivers/k6/run-k6.ts';
import { expectedOf } from '../drivers/k6/stage-arrivals.ts';
import type { Clock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { cpuSecondsOf } from '../engine/machine/process-cpu.ts';
import { sampleMachineCpu } from './machine-cpu.ts';
import { measurePhases, measureSlices } from './measure.ts';
import { arrivalTimes } from './plan/arrival-times.ts';
import { totalSeconds, type Stage } from './plan/stage.ts';
import { sliceMsFor, type Played, type PlayJob, type Player } from './play.ts';
import { createRequestMaker } from './request/make-requests.ts';
import { createLoadTally, type LoadTally } from './worker/tally.ts';

export type K6PlayerOptions = Omit<RunK6Options, 'signal' | 'onStarted'> & {
  readonly clock: Clock;
  /** A script of the user's own, instead of a generated one. */
  readonly script: string | null;
};

/** The one phase of a script of the user's own, as gates call it. */
export const phaseOfScript = 'script';

const cpuEveryMs = 250;

export const createK6Player = (options: K6PlayerOptions): Player => ({
  play: async (job, { signal }) => {
    const { clock } = options;
    const sliceMs = sliceMsFor(totalSeconds(job.stages));
    const script = options.script ?? (await writeK6Files(options.folder, planOf(job, clock.now())));
    await using machine = sampleMachineCpu(clock, sliceMs);
    await using cpu = watchCpu(clock);
    const output = await runK6(script, { ...options, signal, onStarted: cpu.watch });
    const stages = options.script === null ? job.stages : [stageOfScript(output)];
    const zeroAt = zeroOf(output);
    const tally = createLoadTally(stages, sliceMs);
    if (options.script === null) countSamples(output, job, zeroAt, tally);
    else countHttp(output, job, zeroAt, tally);
    const recorded = [{ stages: tally.stages(), slices: tally.slices() }];
    return {
      phases: measurePhases(stages, recorded),
      slices: measureSlices(stages, recorded, sliceMs),
      saturation: saturationOf(machine.bySlice(zeroAt), sliceMs),
      generatorCpuSeconds: cpu.seconds(),
      doubts: doubtsOf(output, options.script !== null),
    };
  },
  [Symbol.asyncDispose]: async () => {},
});

/** Its own times are those of the run: bodies that say when they are due are made for a run that begins now. */
const planOf = ({ stages, request, seed, firstNumber, timeoutMs, connections }: PlayJob, startsAt: number): K6Plan => {
  const make = createRequestMaker(request, seed, firstNumber);
  const isFixed = make(0, startsAt) === make(1, startsAt);
  const count = stages.reduce((sum, stage) => sum + expectedOf(stage), 0);
  if (!isFixed && count > mostRequests)
    throw new HarnessError(
      'FL_USAGE',
      `k6 keeps every request of a plan in memory: ${count} are too many (at most ${mostRequests}); take --driver http`,
    );
  const requests = Array.from({ length: isFixed ? 1 : count }, (_, number): K6Request => {
    const { path, headers, body } = make(number, startsAt);
    return { path, headers: Object.fromEntries(pairs(headers)), body: body?.toString('utf8') ?? null };
  });
  const { method, origin } = request;
  return { stages, method, origin, requests, timeoutMs, usersAhead: connections, usersMost: connections };
};

const mostRequests = 200_000;
const pairs = (headers: readonly string[]): readonly (readonly [string, string])[] =>
  Array.from({ length: headers.length / 2 }, (_, index) => [headers[index * 2] ?? '', headers[index * 2 + 1] ?? '']);

const zeroOf = ({ samples, http }: K6Output): number =>
  samples.reduce(
    (least, { scenarioStartedAt }) => Math.min(least, scenarioStartedAt),
    http.reduce((least, { endedAt, tookMs }) => Math.min(least, endedAt - tookMs), Infinity),
  );

/** With nothing dropped the n-th iteration is the n-th arrival; otherwise k6 does not say which time it was meant for, and it counts from its start. */
const countSamples = ({ samples, dropped }: K6Output, job: PlayJob, zeroAt: number, tally: LoadTally): void => {
  const arrivals = [...arrivalTimes(job.stages, 'constant', job.seed)];
  const lastStage = job.stages.length - 1;
  for (const sample of samples) {
    const handedAtMs = sample.startedAt - zeroAt;
    const arrival = arrivals[sample.op];
    const stage = arrival?.stage ?? lastStage;
    const intendedAtMs = dropped === 0 && arrival !== undefined ? Math.min(arrival.atUs / 1000, handedAtMs) : handedAtMs;
    count(tally, job, { stage, intendedAtMs, handedAtMs, tookMs: sample.tookMs, sample });
  }
};

/** A script that is not ours says nothing of the times that it meant: all counts from the sending. */
const countHttp = ({ http }: K6Output, job: PlayJob, zeroAt: number, tally: LoadTally): void => {
  for (const sample of http) {
    const handedAtMs = sample.endedAt - sample.tookMs - zeroAt;
    count(tally, job, { stage: 0, intendedAtMs: handedAtMs, handedAtMs, tookMs: sample.tookMs, sample });
  }
};

type Counted = {
  readonly stage: number;
  readonly intendedAtMs: number;
  readonly handedAtMs: number;
  readonly tookMs: number;
  readonly sample: Pick<K6Sample, 'status' | 'errorCode'>;
};

const count = (tally: LoadTally, { okStatuses }: PlayJob, { stage, intendedAtMs, handedAtMs, tookMs, sample }: Counted): void => {
  const { status, errorCode } = sample;
  const isOk = status !== null && okStatuses.some(([from, to]) => status >= from && status <= to);
  const error = isOk ? null : status === null ? codeOfK6Error(errorCode) : `status_${status}`;
  tally.handed(stage, intendedAtMs, handedAtMs - intendedAtMs);
  tally.ended({ stage, intendedAtMs, handedAtMs, doneAtMs: handedAtMs + tookMs, error, isTimed: isOk || error === 'client_timeout' });
};

const stageOfScript = (output: K6Output): Stage => {
  const zeroAt = zeroOf(output);
  const seconds = Math.max(0.001, output.http.reduce((most, { endedAt }) => Math.max(most, endedAt - zeroAt), 0) / 1000);
  const perSecond = output.http.length / seconds;
  return { name: phaseOfScript, kind: 'steady', seconds, fromPerSecond: perSecond, toPerSecond: perSecond };
};

const doubtsOf = ({ samples, http, dropped }: K6Output, isForeign: boolean): Played['doubts'] => [
  ...(dropped > 0
    ? [
        `k6 dropped ${dropped} arrivals for want of a free virtual user: those who would have waited longest are in no figure (more --connections are more users)`,
      ]
    : []),
  ...((isForeign ? http : samples).length === 0 ? ['k6 sent nothing'] : []),
];

const saturationOf = (machine: ReadonlyMap<number, number>, sliceMs: number): Played['saturation'] =>
  [...machine].map(([slice, busy]) => ({
    at: ((slice + 0.5) * sliceMs) / 1000,
    eventLoop: 0,
    generatorCpu: 0,
    machineCpu: busy,
    inFlight: 0,
    waiting: 0,
  }));

/** k6 is gone when it could be asked: its CPU time is read while it runs. */
const watchCpu = (clock: Clock): AsyncDisposable & { watch(pid: number): void; seconds(): number } => {
  const stop = new AbortController();
  let seconds = 0;
  let running: Promise<void> = Promise.resolve();
  const watch = async (pid: number): Promise<void> => {
    while (!stop.signal.aborted) {
      seconds = (await cpuSecondsOf([pid], false)) ?? seconds;
      await clock.sleep(cpuEveryMs, stop.signal);
    }
  };
  return {
    watch: (pid) => void (running = watch(pid)),
    seconds: () => seconds,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
};
