// `--driver autocannon`: closed-loop saturation, to find the knee. Nothing is judged; what it says of latency is that of a closed loop, and said so.
import { findKnee } from '../drivers/autocannon/find-knee.ts';
import { milliseconds } from '../report/console/numbers.ts';
import { totalSeconds } from '../load/plan/stage.ts';
import { rate } from '../load/report/figures.ts';
import type { LoadConsole } from '../load/report/load-console.ts';
import { createRequestMaker } from '../load/request/make-requests.ts';
import type { LoadResult } from '../load/result.ts';
import type { LoadOptions } from './load-options.ts';

export type KneeOutcome = Pick<LoadResult, 'plan' | 'measured' | 'gates' | 'doubts' | 'capacity' | 'knee'>;

const secondsEachAtMost = 5;

export const searchKnee = async (options: LoadOptions, view: LoadConsole, signal: AbortSignal, now: () => number): Promise<KneeOutcome> => {
  const { request, seed, okStatuses, timeoutMs, connections } = options;
  const make = createRequestMaker(request, seed);
  let number = 0;
  const knee = await findKnee({
    origin: request.origin,
    method: request.method,
    requestOf: () => {
      const { path, headers, body } = make(number++, now());
      return { path, headers: toRecord(headers), body: body?.toString('utf8') ?? null };
    },
    secondsEach: Math.min(secondsEachAtMost, Math.max(1, Math.round(totalSeconds(options.stages)))),
    mostConnections: connections,
    timeoutMs,
    isOk: (status) => okStatuses.some(([from, to]) => status >= from && status <= to),
    signal,
    onStep: ({ connections: open, answersPerSecond, errors, p50Ms, p99Ms }) =>
      view.say(
        `  ${String(open).padStart(5)} connections  ${rate(answersPerSecond).padStart(9)}  errors ${errors}  closed-loop p50 ${milliseconds(p50Ms)}, p99 ${milliseconds(p99Ms)}`,
      ),
  });
  const errors = knee.steps.reduce((sum, step) => sum + step.errors, 0);
  return {
    plan: [],
    measured: { phases: [], slices: [], saturation: [], generatorCpuSeconds: 0 },
    gates: [],
    doubts: errors === 0 ? [] : [`${errors} requests ended with an error: a throughput of refusals is none`],
    capacity: null,
    knee,
  };
};

const toRecord = (headers: readonly string[]): Record<string, string> =>
  Object.fromEntries(Array.from({ length: headers.length / 2 }, (_, index) => [headers[index * 2] ?? '', headers[index * 2 + 1] ?? '']));
