// Compressed bodies: inflated up to the limit and not a byte beyond, a few at a time, so that neither a bomb nor many bodies at once cost more memory than said.
import * as zlib from 'node:zlib';
import type { ContentEncoding } from '../../contract/content-encodings.ts';
import { overloaded } from '../group-commit.ts';
import { type Refusal, refuse } from '../refusal.ts';

export type Inflate = (bytes: Buffer, encoding: ContentEncoding, limitBytes: number) => Promise<Buffer | Refusal>;

export type InflateOptions = {
  /** Of the queue that the events would go to: what has no room there is not inflated first. */
  readonly hasRoom: (bytes: number) => boolean;
};

type Inflated = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
type Result = (error: (Error & { code?: string }) | null, result: Buffer) => void;
type Run = (bytes: Buffer, maxOutputLength: number, done: Result) => void;

/** RFC 9659: no more than 8 MiB for what comes over HTTP. Node's own bound is 128 MiB, for each body at once. */
const zstdWindowLog = 23;

const runs: Readonly<Record<ContentEncoding, Run>> = {
  gzip: (bytes, maxOutputLength, done) => zlib.gunzip(bytes, { maxOutputLength, info: true }, done),
  deflate: (bytes, maxOutputLength, done) => zlib.inflate(bytes, { maxOutputLength, info: true }, done),
  br: (bytes, maxOutputLength, done) => zlib.brotliDecompress(bytes, { maxOutputLength, info: true }, done),
  zstd: (bytes, maxOutputLength, done) =>
    zlib.zstdDecompress(bytes, { maxOutputLength, info: true, params: { [zlib.constants.ZSTD_d_windowLogMax]: zstdWindowLog } }, done),
};

/** Bodies that are inflated at once; each holds at most its limit. */
const mostAtOnce = 2;

export const createInflate = ({ hasRoom }: InflateOptions): Inflate => {
  const turns = createTurns(mostAtOnce);
  return async (bytes, encoding, limitBytes) => {
    await turns.take();
    try {
      return hasRoom(bytes.length) ? await inflate(bytes, encoding, limitBytes) : overloaded();
    } finally {
      turns.giveBack();
    }
  };
};

const inflate = (bytes: Buffer, encoding: ContentEncoding, limitBytes: number): Promise<Buffer | Refusal> =>
  new Promise((resolve) => {
    runs[encoding](bytes, limitBytes, (error, result) => {
      if (error) return resolve(refuseBody(error, encoding, limitBytes));
      // Node's types do not know what `info` makes of the result.
      const { buffer, engine } = result as unknown as Inflated;
      const rest = bytes.length - engine.bytesWritten;
      resolve(rest === 0 ? buffer : refuse('invalid_encoding', `The body goes on for ${rest} bytes after its ${encoding} has ended.`));
    });
  });

const refuseBody = (error: Error & { code?: string }, encoding: ContentEncoding, limitBytes: number): Refusal => {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') {
    const message = `The body is over the limit of ${limitBytes} bytes once it is inflated. Nothing was stored.`;
    return refuse('payload_too_large', message, { limit_bytes: limitBytes });
  }
  return refuse('invalid_encoding', `The body is not ${encoding}, or is cut off: ${error.message}.`);
};

const createTurns = (most: number) => {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return {
    take: async (): Promise<void> => {
      if (taken < most) taken += 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
    },
    giveBack: (): void => {
      const next = waiting.shift();
      if (next) next();
      else taken -= 1;
    },
  };
};
