// A producer on the platform: its fetch, its timers, its chance.
import { randomUUID } from 'node:crypto';
import { createProducerOn, type Producer } from './producer.ts';
import { type ProducerOptions, readOptions } from './producer-options.ts';
import { systemTiming } from './timing.ts';
import { activeTraceContext } from './trace-context.ts';

/**
 * Opens no connection yet. The caller closes it (`close`, or `await using`): what is in its buffer then is flushed. Throws a ProducerError
 * FL_CLIENT_OPTIONS that names every mistake in the options.
 */
export const createProducer = (options: ProducerOptions): Producer => {
  const producer = createProducerOn(readOptions(options), {
    // Asked for at each request, so that whoever replaces or instruments it later is heard.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    timing: systemTiming,
    random: Math.random,
    newId: randomUUID,
    traceContext: activeTraceContext,
  });
  const { signal } = options;
  const closeAtOnce = () => void producer.close({ timeoutMs: 0 });
  if (signal?.aborted) closeAtOnce();
  else signal?.addEventListener('abort', closeAtOnce, { once: true });
  return producer;
};
