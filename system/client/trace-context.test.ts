import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context, type ContextManager, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activeTraceContext, untraced } from './trace-context.ts';

const storage = new AsyncLocalStorage<Context>();
const manager: ContextManager = {
  active: () => storage.getStore() ?? ROOT_CONTEXT,
  with: (active, run, self, ...given) => storage.run(active, () => run.call(self as never, ...given)),
  bind: (_context, target) => target,
  enable: () => manager,
  disable: () => manager,
};

beforeAll(() => void context.setGlobalContextManager(manager));
afterAll(() => context.disable());

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const within = (traceFlags: TraceFlags, id = traceId) =>
  context.with(trace.setSpanContext(ROOT_CONTEXT, { traceId: id, spanId, traceFlags }), activeTraceContext);

test('the context of the span that is active, where it is sampled', () => {
  expect(within(TraceFlags.SAMPLED)).toEqual({ traceparent: `00-${traceId}-${spanId}-01`, tracestate: null });
  expect(within(TraceFlags.NONE)).toBeNull();
  expect(within(TraceFlags.SAMPLED, '0'.repeat(32))).toBeNull();
  expect(activeTraceContext()).toBeNull();
});

test('an instrumented fetch makes no span and no second traceparent of its own: tracing is suppressed for it as by @opentelemetry/core', () => {
  expect(isTracingSuppressed(context.active())).toBe(false);
  expect(untraced(() => isTracingSuppressed(context.active()))).toBe(true);
});
