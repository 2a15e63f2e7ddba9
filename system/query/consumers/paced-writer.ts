// Writes to a reader who may be slow: what is not taken yet is bounded, and so is the time to take it. Used for streams and exports.
import type { ServerResponse } from 'node:http';
import { whenClosed } from '../../telemetry/when-closed.ts';
import type { Timers } from './head-watch.ts';

/** It took nothing at all of what waits for it in the time given. */
export class SlowReader extends Error {
  override readonly name = 'SlowReader';
}

/** The connection is closed; nobody reads. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

export type PacedWriter = {
  /** Resolves once less than the bound waits to be taken. Rejects with SlowReader, ReaderGone, or the reason of `stop`. */
  write(text: string): Promise<void>;
  /** Aborted with ReaderGone when the reader leaves. */
  readonly gone: AbortSignal;
  /** A last text, for whoever reads it yet; what is not taken by then is thrown away with the connection. */
  end(text: string): void;
  /** A last text that is to arrive: resolves once all was handed over, and rejects as `write` does where it was not. */
  finish(text: string): Promise<void>;
  /** Cuts the connection without the end that HTTP would have: whoever reads it sees that it is broken. */
  cut(text: string): void;
};

export type PacedWriterOptions = {
  readonly bufferBytes: number;
  readonly slowMs: number;
  readonly timers: Timers;
  /** Aborted: nothing is waited for any more. A reader who always takes a little could be waited for without end. */
  readonly stop?: AbortSignal;
};

/** How long a last text may take to go out. */
const lastMs = 1000;

export const createPacedWriter = (response: ServerResponse, { bufferBytes, slowMs, timers, stop }: PacedWriterOptions): PacedWriter => {
  const gone = new AbortController();
  // The reader may have left before there was a first byte.
  whenClosed(response, () => gone.abort(new ReaderGone('the reader closed the connection')));
  response.on('error', () => gone.abort(new ReaderGone('the connection broke')));

  const over = stop === undefined ? gone.signal : AbortSignal.any([gone.signal, stop]);

  const heard = (event: 'drain' | 'finish') =>
    new Promise<void>((resolve, reject) => {
      let waiting = waitingOf(response);
      const settle = (act: () => void) => () => {
        timer[Symbol.dispose]();
        response.off(event, onTaken);
        over.removeEventListener('abort', onOver);
        act();
      };
      const onTaken = settle(resolve);
      const onOver = settle(() => reject(over.reason as Error));
      const onSlow = settle(() => reject(new SlowReader(`of ${response.writableLength} bytes none were taken within ${slowMs} ms`)));
      const look = (): void => {
        const before = waiting;
        waiting = waitingOf(response);
        if (waiting.bytes >= before.bytes && waiting.onItsWay >= before.onItsWay) return onSlow();
        timer = timers.after(slowMs, look);
      };
      let timer = timers.after(slowMs, look);
      response.once(event, onTaken);
      over.addEventListener('abort', onOver, { once: true });
      if (over.aborted) onOver();
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

/**
 * What was handed to the system in one go counts in `writableLength` until all of it is taken, and that may be a whole buffer: what is left of it only the
 * socket's handle says, by which Node itself tells an idle socket. Where there is none, the former has to do.
 */
const waitingOf = (response: ServerResponse): { readonly bytes: number; readonly onItsWay: number } => {
  const socket = response.socket as { readonly _handle?: { readonly writeQueueSize?: number } | null } | null | undefined;
  return { bytes: response.writableLength, onItsWay: socket?._handle?.writeQueueSize ?? 0 };
};
