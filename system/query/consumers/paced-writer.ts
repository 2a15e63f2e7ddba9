// Writes to a reader who may be slow: what is not taken yet is bounded, and so is the time to take it. Used for streams and exports.
import type { ServerResponse } from 'node:http';
import { whenClosed } from '../../telemetry/when-closed.ts';
import type { Timers } from './head-watch.ts';

/** It took nothing like a buffer's worth in the time given. */
export class SlowReader extends Error {
  override readonly name = 'SlowReader';
}

/** The connection is closed; nobody reads. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

export type PacedWriter = {
  /** Resolves once less than the bound waits to be taken. Rejects with SlowReader or ReaderGone. */
  write(text: string): Promise<void>;
  /** Aborted with ReaderGone when the reader leaves. */
  readonly gone: AbortSignal;
  /** A last text, for whoever reads it yet; what is not taken by then is thrown away with the connection. */
  end(text: string): void;
  /** A last text that is to arrive: resolves once all was handed over, and rejects with SlowReader or ReaderGone where it was not. */
  finish(text: string): Promise<void>;
  /** Cuts the connection without the end that HTTP would have: whoever reads it sees that it is broken. */
  cut(text: string): void;
};

export type PacedWriterOptions = {
  readonly bufferBytes: number;
  readonly slowMs: number;
  readonly timers: Timers;
};

/** How long a last text may take to go out. */
const lastMs = 1000;

export const createPacedWriter = (response: ServerResponse, { bufferBytes, slowMs, timers }: PacedWriterOptions): PacedWriter => {
  const gone = new AbortController();
  // The reader may have left before there was a first byte.
  whenClosed(response, () => gone.abort(new ReaderGone('the reader closed the connection')));
  response.on('error', () => gone.abort(new ReaderGone('the connection broke')));

  const heard = (event: 'drain' | 'finish') =>
    new Promise<void>((resolve, reject) => {
      const settle = (act: () => void) => () => {
        timer[Symbol.dispose]();
        response.off(event, onTaken);
        gone.signal.removeEventListener('abort', onGone);
        act();
      };
      const onTaken = settle(resolve);
      const onGone = settle(() => reject(gone.signal.reason as Error));
      const timer = timers.after(
        slowMs,
        settle(() => reject(new SlowReader(`${response.writableLength} bytes were not taken within ${slowMs} ms`))),
      );
      response.once(event, onTaken);
      gone.signal.addEventListener('abort', onGone, { once: true });
    });

  return {
    gone: gone.signal,
    write: async (text) => {
      gone.signal.throwIfAborted();
      const isTaken = response.write(text);
      if (!isTaken && response.writableLength > bufferBytes) await heard('drain');
    },
    end: (text) => {
      if (gone.signal.aborted) return;
      response.end(text);
      const timer = timers.after(lastMs, () => response.destroy());
      response.once('close', () => timer[Symbol.dispose]());
    },
    finish: async (text) => {
      gone.signal.throwIfAborted();
      const taken = heard('finish');
      response.end(text);
      await taken;
    },
    cut: (text) => {
      if (gone.signal.aborted) return;
      if (response.writableEnded) return void response.destroy();
      response.write(text, () => response.destroy());
      const timer = timers.after(lastMs, () => response.destroy());
      response.once('close', () => timer[Symbol.dispose]());
    },
  };
};
