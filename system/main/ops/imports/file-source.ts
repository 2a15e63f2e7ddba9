// A file of past events as pieces of text, whatever it comes as: plain or gzip, a file or standard input. It can be read again from its beginning, which is what
// makes an import resumable: standard input is written to a file of its own first.
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { OpsError } from '../ops-error.ts';

export type FileSource = AsyncDisposable & {
  /** What it is called where nothing else is said; null: standard input. */
  readonly name: string | null;
  /** From its beginning. Rejects with an OpsError. */
  pieces(): AsyncIterable<Buffer>;
};

export const openFileSource = async (path: string, stdin: NodeJS.ReadableStream): Promise<FileSource> => {
  if (path === '-') return spool(stdin);
  const isGzip = await startsLikeGzip(path);
  return {
    name: basename(path).replace(/\.gz$/, ''),
    pieces: () => pieces(path, isGzip),
    [Symbol.asyncDispose]: async () => {},
  };
};

/** Readable by its owner alone: it is a copy of somebody's events. */
const spool = async (stdin: NodeJS.ReadableStream): Promise<FileSource> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-import-'));
  const path = join(folder, 'stdin');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await pipeline(stdin, createWriteStream(path, { mode: 0o600 }));
    const isGzip = await startsLikeGzip(path);
    return { name: null, pieces: () => pieces(path, isGzip), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
};

const startsLikeGzip = async (path: string): Promise<boolean> => {
  try {
    await using handle = await open(path, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } catch (cause) {
    throw unreadable(path, cause);
  }
};

const unreadable = (path: string, cause: unknown) =>
  new OpsError(`The file can't be read from ${path}: ${(cause as Error).message}`, { cause });

const pieceBytes = 1024 * 1024;

async function* pieces(path: string, isGzip: boolean): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: pieceBytes });
  const text = isGzip ? file.pipe(createGunzip({ chunkSize: pieceBytes })) : file;
  file.on('error', (error) => text.destroy(error));
  try {
    for await (const piece of text) yield piece as Buffer;
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    file.destroy();
    if (!file.closed) await once(file, 'close');
  }
}
