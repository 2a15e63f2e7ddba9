// Reads as planned, open-loop: no read waits for the answer to another. Writes reads.ndjson. Judges nothing.
import type { Clock } from '../engine/clock.ts';
import { explain } from '../engine/errors.ts';
import { createCountedWriter } from '../history/counted-file.ts';
import type { ReadAnswer, ReadOperation, ReadQuestion } from '../history/read-operation.ts';
import type { PlannedRead } from './plan-reads.ts';

export type ReadKey = (question: ReadQuestion, signal: AbortSignal) => Promise<ReadAnswer>;

export type ReaderOptions = {
  readonly reads: readonly PlannedRead[];
  readonly file: string;
  readonly ask: ReadKey;
  readonly clock: Clock;
  readonly timeoutMs?: number;
};

export type Reader = AsyncDisposable & {
  /** `zeroAt`: epoch milliseconds of the run's zero. */
  go(zeroAt: number): void;
};

/** Disposing ends the reading, waits for what is under way, and writes the last line. */
export const startReader = ({ reads, file, ask, clock, timeoutMs = 5000 }: ReaderOptions): Reader => {
  const stop = new AbortController();
  const writer = createCountedWriter(file);
  const open = new Set<Promise<void>>();
  let sending: Promise<void> = Promise.resolve();
  const send = async (zeroAt: number): Promise<void> => {
    for (const planned of reads) {
      const dueInMs = zeroAt + planned.intendedAtMs - clock.now();
      if (dueInMs > 0) await clock.sleep(dueInMs, stop.signal);
      if (stop.signal.aborted) return;
      const reading = readOne(planned, zeroAt, { ask, clock, timeoutMs }).then((operation) => writer.add(operation));
      open.add(reading);
      void reading.finally(() => open.delete(reading));
    }
  };
  return {
    go: (zeroAt) => {
      sending = send(zeroAt);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await sending;
      await Promise.all(open);
      await writer.end();
    },
  };
};

type Asking = Required<Pick<ReaderOptions, 'ask' | 'clock' | 'timeoutMs'>>;

const nothing = { ids: [], total: null, whole: false } as const;

const readOne = async (planned: PlannedRead, zeroAt: number, { ask, clock, timeoutMs }: Asking): Promise<ReadOperation> => {
  const { intendedAtMs, ...question } = planned;
  const handedAt = clock.now() - zeroAt;
  const timed = { intendedAt: intendedAtMs, handedAt };
  try {
    const { status, ...answer } = await ask(question, AbortSignal.timeout(timeoutMs));
    const outcome = status < 300 || status === 404 ? 'ok' : 'failed';
    return { ...question, ...timed, doneAt: clock.now() - zeroAt, outcome, status, code: null, ...answer };
  } catch (error) {
    return { ...question, ...timed, doneAt: clock.now() - zeroAt, outcome: 'failed', status: null, code: explain(error), ...nothing };
  }
};
