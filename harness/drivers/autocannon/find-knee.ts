// Closed-loop saturation: more and more connections, each sending its next request when its last was answered. Finds the knee, and is never used for rates:
// autocannon waits with a slow target, so its latencies are not those of users.
import autocannon from 'autocannon';
import { HarnessError } from '../../engine/errors.ts';

export type KneeRequest = { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string | null };

export type KneeOptions = {
  readonly origin: string;
  readonly method: string;
  /** The next request: each is asked for once. */
  readonly requestOf: () => KneeRequest;
  readonly secondsEach: number;
  readonly mostConnections: number;
  readonly timeoutMs: number;
  readonly isOk: (status: number) => boolean;
  readonly signal: AbortSignal;
  readonly onStep: (step: SaturationStep) => void;
};

export type SaturationStep = {
  readonly connections: number;
  readonly answersPerSecond: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

export type Knee = {
  readonly steps: readonly SaturationStep[];
  /** The fewest connections that give nearly all of the highest throughput; null: it still grew at the last step. */
  readonly kneeConnections: number | null;
  readonly highestPerSecond: number;
};

const nearlyAll = 0.9;
/** Doubling the connections must bring this much more, or the search is over. */
const worthwhile = 1.1;
const flatSteps = 2;

/** Rejects with FL_INTERRUPTED when the signal aborts. */
export const findKnee = async (options: KneeOptions): Promise<Knee> => {
  const steps: SaturationStep[] = [];
  for (let connections = 1; connections <= options.mostConnections && !isFlat(steps); connections *= 2) {
    throwIfInterrupted(options.signal);
    const step = await saturate(options, connections);
    // It was ended before its time: what it counted is no figure.
    throwIfInterrupted(options.signal);
    steps.push(step);
    options.onStep(step);
  }
  return kneeOf(steps);
};

const throwIfInterrupted = ({ aborted }: AbortSignal): void => {
  if (aborted) throw new HarnessError('FL_INTERRUPTED', 'the search for the knee was interrupted; nothing was concluded');
};

/** The last doublings brought next to nothing. */
export const isFlat = (steps: readonly SaturationStep[]): boolean => {
  const before = Math.max(0, ...steps.slice(0, -flatSteps).map(({ answersPerSecond }) => answersPerSecond));
  return steps.length > flatSteps && steps.slice(-flatSteps).every(({ answersPerSecond }) => answersPerSecond < before * worthwhile);
};

export const kneeOf = (steps: readonly SaturationStep[]): Knee => {
  const highestPerSecond = Math.max(0, ...steps.map(({ answersPerSecond }) => answersPerSecond));
  const knee = steps.find(({ answersPerSecond }) => answersPerSecond > 0 && answersPerSecond >= highestPerSecond * nearlyAll);
  const isKnown = isFlat(steps) && knee !== undefined;
  return { steps, kneeConnections: isKnown ? knee.connections : null, highestPerSecond };
};

const saturate = async (
  { origin, method, requestOf, secondsEach, timeoutMs, isOk, signal }: KneeOptions,
  connections: number,
): Promise<SaturationStep> => {
  const run = autocannon({
    url: origin,
    connections,
    duration: secondsEach,
    timeout: Math.max(1, Math.ceil(timeoutMs / 1000)),
    requests: [{ method: method as 'GET', setupRequest: (request) => withRequest(request, requestOf()) }],
  });
  const stop = (): void => (run as unknown as { stop?: () => void }).stop?.();
  signal.addEventListener('abort', stop, { once: true });
  const result = await run;
  signal.removeEventListener('abort', stop);
  const answers = Object.entries(result.statusCodeStats ?? {}).filter(([status]) => isOk(Number(status)));
  const ok = answers.reduce((sum, [, { count }]) => sum + Number(count), 0);
  const all = result['1xx'] + result['2xx'] + result['3xx'] + result['4xx'] + result['5xx'];
  return {
    connections,
    answersPerSecond: ok / result.duration,
    errors: all - ok + result.errors,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
};

const withRequest = <Given extends object>(given: Given, { path, headers, body }: KneeRequest): Given =>
  Object.assign(given, { path, headers: { ...headers }, ...(body === null ? {} : { body }) });
