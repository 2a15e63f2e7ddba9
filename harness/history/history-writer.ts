// Writes history.ndjson as the operations end: buffered, in the order of their ends, synced to disk before it counts as complete.
import { type FileHandle, open } from 'node:fs/promises';
import type { HistoryHeader, HistoryTrailer, Operation } from './operation.ts';

const flushBytes = 1 << 16;

export type HistoryWriter = {
  /** Never waits: lines are kept until they are written. A write that failed rejects `end`. */
  add(operation: Operation): void;
  /** Writes what is buffered. */
  flush(): Promise<void>;
  /** Trailer, fsync, close. Without it the history is truncated, and whoever reads it will know. */
  end(): Promise<void>;
};

export const createHistoryWriter = async (file: string, header: HistoryHeader): Promise<HistoryWriter> => {
  const handle = await open(file, 'w');
  let buffered = `${JSON.stringify(header)}\n`;
  let operations = 0;
  let writing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    if (buffered === '') return writing;
    const text = buffered;
    buffered = '';
    writing = writing.then(() => handle.appendFile(text));
    // The failure is kept in `writing` and reported by `end`; this only keeps it from being unhandled until then.
    writing.catch(() => {});
    return writing;
  };
  return {
    add: (operation) => {
      operations += 1;
      buffered += `${JSON.stringify(operation)}\n`;
      if (buffered.length >= flushBytes) void flush();
    },
    flush,
    end: async () => {
      buffered += `${JSON.stringify({ end: true, operations } satisfies HistoryTrailer)}\n`;
      await flush();
      await close(handle);
    },
  };
};

const close = async (handle: FileHandle): Promise<void> => {
  await handle.sync();
  await handle.close();
};
