// Samples at most N root spans a second, so that the tracer is not what is measured. A token bucket of one second.
import type { Clock } from './clock.ts';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';

/** `hasToken` tells beforehand, for free, whether a root would be sampled. */
export type RateLimitedSampler = Sampler & { hasToken(): boolean };

export const createRateLimitedSampler = (tracesPerSecond: number, clock: Clock): RateLimitedSampler => {
  let tokens = tracesPerSecond;
  let refilledAtMs = clock.nowMs();
  const refill = () => {
    const nowMs = clock.nowMs();
    // A clock set back must neither take tokens away nor stop the refill.
    const elapsedMs = Math.max(0, nowMs - refilledAtMs);
    tokens = Math.min(tracesPerSecond, tokens + (elapsedMs / 1000) * tracesPerSecond);
    refilledAtMs = nowMs;
  };
  const hasToken = () => {
    refill();
    return tokens >= 1;
  };
  const shouldSample = () => {
    if (!hasToken()) return { decision: SamplingDecision.NOT_RECORD };
    tokens -= 1;
    return { decision: SamplingDecision.RECORD_AND_SAMPLED };
  };
  return { hasToken, shouldSample, toString: () => `RateLimited{${tracesPerSecond}/s}` };
};
