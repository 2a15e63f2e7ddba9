// Asks all that a panel shows. One query that fails does not hide what the others found.
import { joinFrames } from '../../../../dashboards/frames/frame.ts';
import type { Frames } from '../../../../dashboards/frames/frame.ts';
import { interpolate } from '../../../../dashboards/interpolation/interpolate.ts';
import type { Scope } from '../../../../dashboards/interpolation/interpolate.ts';
import { stepMs } from '../../../../dashboards/interval.ts';
import { targetTimes } from '../../../../dashboards/target-times.ts';
import type { QueryKind, Target } from '../../../../dashboards/target.ts';
import { parseDurationMs } from '../../../../dashboards/time-range.ts';
import type { BuiltInTimes } from '../../../../dashboards/interpolation/built-ins.ts';
import { backendRequest } from '../logic/backend-request.ts';
import type { TimeRange } from '../logic/url-state.ts';
import { ask, wasAborted } from './ask.ts';
import { pageConfig } from './config.ts';

export type Found = { readonly frames: Frames; readonly errors: readonly string[]; readonly stepMs: number };

export type AskOptions = {
  readonly targets: readonly Target[];
  readonly range: TimeRange;
  /** How many points across are of use: the panel's width. */
  readonly points: number;
  readonly interval?: string | undefined;
  readonly scopeAt: (times: BuiltInTimes) => Scope;
  readonly signal: AbortSignal;
};

const scrapeMs = pageConfig.timeIntervalSeconds * 1_000;

const timesFor = (target: Target, { range, points, interval }: AskOptions): BuiltInTimes => {
  const least = parseDurationMs(target.interval ?? interval ?? '') ?? scrapeMs;
  return targetTimes(target, interval, { ...range, stepMs: stepMs(range.toMs - range.fromMs, points, Math.max(least, 1)), scrapeMs });
};

const askOne = async (target: Target, kind: QueryKind, options: AskOptions): Promise<Frames> => {
  const times = timesFor(target, options);
  const expr = interpolate(target.expr, options.scopeAt(times), target.datasource);
  const several = options.targets.length > 1;
  const request = backendRequest(pageConfig.backends, {
    target: { ...target, expr },
    kind,
    ...options.range,
    stepMs: times.stepMs,
    several,
  });
  return request.read(await ask(request.url, options.signal));
};

/** Rejects only when it was aborted. */
export const askTargets = async (options: AskOptions): Promise<Found> => {
  const asked = options.targets.filter(({ hidden }) => !hidden);
  const parts = asked.flatMap((target) => target.kinds.map((kind) => ({ target, kind })));
  const answers = await Promise.allSettled(parts.map(({ target, kind }) => askOne(target, kind, options)));
  const frames: Frames[] = [];
  const errors: string[] = [];
  answers.forEach((answer, index) => {
    if (answer.status === 'fulfilled') return frames.push(answer.value);
    if (wasAborted(answer.reason)) throw answer.reason;
    const refId = parts[index]?.target.refId ?? '';
    return errors.push(`${parts.length > 1 ? `${refId}: ` : ''}${(answer.reason as Error).message}`);
  });
  const [first] = asked;
  return { frames: joinFrames(frames), errors, stepMs: first === undefined ? scrapeMs : timesFor(first, options).stepMs };
};
