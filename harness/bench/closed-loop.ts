// Closed-loop saturation by autocannon: as many requests as the target answers on N connections. Never used for a rate.
import autocannon from 'autocannon';

export type ClosedLoopResult = {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  readonly non2xx: number;
  readonly errors: number;
};

export type ClosedLoopOptions = {
  readonly url: string;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  /** The body of the n-th request; each must be an event (or batch) that the target has not seen. */
  readonly body: (n: number) => string;
};

export const saturate = async (options: ClosedLoopOptions): Promise<ClosedLoopResult> => {
  let n = 0;
  const result = await autocannon({
    url: options.url,
    connections: options.connections,
    duration: options.seconds,
    timeout: 20,
    requests: [
      {
        method: 'POST',
        path: options.path,
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: options.body(n++) }),
      },
    ],
  });
  return {
    requestsPerSecond: result['2xx'] / result.duration,
    p99Ms: result.latency.p99,
    non2xx: result.non2xx,
    errors: result.errors,
  };
};
