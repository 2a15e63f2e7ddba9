import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { createRateLimitedSampler } from './rate-limited-sampler.ts';

const setUp = (tracesPerSecond: number) => {
  const clock = { ms: 1000, nowMs: () => clock.ms };
  const sampler = createRateLimitedSampler(tracesPerSecond, clock);
  const sampledOf = (tries: number) =>
    Array.from({ length: tries }, () => sampler.shouldSample(ROOT_CONTEXT, '', '', SpanKind.SERVER, {}, [])).filter(
      ({ decision }) => decision === SamplingDecision.RECORD_AND_SAMPLED,
    ).length;
  return { clock, sampler, sampledOf };
};

describe('the rate-limited sampler', () => {
  it('samples at most its rate in a second, and as many again in the next', () => {
    const { clock, sampledOf } = setUp(10);
    expect(sampledOf(100)).toBe(10);
    clock.ms += 1000;
    expect(sampledOf(100)).toBe(10);
  });

  it('saves nothing up over a quiet minute', () => {
    const { clock, sampledOf } = setUp(10);
    clock.ms += 60_000;
    expect(sampledOf(100)).toBe(10);
  });

  it('gives part of the rate for part of a second', () => {
    const { clock, sampledOf } = setUp(10);
    sampledOf(10);
    clock.ms += 250;
    expect(sampledOf(100)).toBe(2);
  });

  it('samples nothing at 0', () => {
    expect(setUp(0).sampledOf(10)).toBe(0);
  });

  it('goes on after the clock was set back', () => {
    const { clock, sampledOf } = setUp(10);
    sampledOf(10);
    clock.ms -= 3_600_000;
    expect(sampledOf(10)).toBe(0);
    clock.ms += 1000;
    expect(sampledOf(100)).toBe(10);
  });

  it('says beforehand whether it would sample, and takes nothing for that', () => {
    const { sampler, sampledOf } = setUp(1);
    expect([sampler.hasToken(), sampler.hasToken()]).toEqual([true, true]);
    sampledOf(1);
    expect(sampler.hasToken()).toBe(false);
  });
});
