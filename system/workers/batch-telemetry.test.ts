import { expect, test } from 'vitest';
import type { Instruments } from '../telemetry/instruments.ts';
import { noSpans } from '../telemetry/spans.ts';
import { collectBatches } from './batch-telemetry.ts';
import { errorTypeOf } from './error-class.ts';

test('failures stand at 0 from the start for all that is no SQLSTATE, so that the first one is seen to grow', () => {
  const known = new Map<string, readonly unknown[]>();
  const instruments = {
    counter: (signal: { readonly name: string }, sets: readonly { readonly 'error.type'?: string }[] = []) => {
      known.set(
        signal.name,
        sets.map((set) => set['error.type']),
      );
      return { add: () => {} };
    },
    histogram: () => ({ record: () => {} }),
  } as unknown as Instruments;
  collectBatches({ instruments, tracer: noSpans, logger: {} as never }, [{ 'faultline.processor': 'timelines' }]);
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  expect(known.get('faultline.processing.failures')).toEqual(
    expect.arrayContaining(['handler_threw', 'data_refused', errorTypeOf(reset), errorTypeOf(new Error('ours')), 'thread_ended']),
  );
});
