// The version of a part as its program says it; of one that was built without a stamp, as the Go toolchain wrote it into the file.
import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';

const withinMs = 10_000;
const chunkBytes = 4 * 2 ** 20;
const marker = Buffer.from('\nmod\t');
/** Longer than any module path with its version. */
const overlapBytes = 512;

/** `prometheus, version 3.15.0 (branch: …`, `Version 13.2.0 (commit: …`, `grafana version 13.2.0`. */
export const versionIn = (text: string): string | null => /\bversion:?\s+v?(\d+\.\d+\.\d+[\w.+-]*)/i.exec(text)?.[1] ?? null;

/** Prometheus 3.15.0 as a Go module is v0.315.0; the others carry their own version. */
export const versionOfModule = (line: string): string | null => {
  const [, module = '', version = ''] = /^mod\t(\S+)\tv(\d+\.\d+\.\d+[\w.+-]*)/.exec(line) ?? [];
  if (version === '') return null;
  const prometheus = module === 'github.com/prometheus/prometheus' ? /^0\.(\d)(\d\d)\.(\d+)/.exec(version) : null;
  return prometheus === null ? version : `${prometheus[1]}.${Number(prometheus[2])}.${prometheus[3]}`;
};

/** The line `mod <module> <version>` that the linker puts into every Go program. */
const moduleLine = async (program: string): Promise<string | null> => {
  await using file = await open(program);
  const chunk = Buffer.alloc(chunkBytes + overlapBytes);
  for (let position = 0; ; position += chunkBytes) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    const found = chunk.subarray(0, bytesRead).indexOf(marker);
    if (found >= 0 && found < chunkBytes) return chunk.toString('latin1', found + 1, found + overlapBytes).split('\n')[0] ?? null;
    if (bytesRead < chunk.length) return null;
  }
};

const said = async (program: string): Promise<string> => {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, ['--version'], { timeout: withinMs });
    return stdout + stderr;
  } catch {
    // It does not know the question; what it is shows when it is started.
    return '';
  }
};

/** `unknown` where nothing tells. */
export const programVersion = async (program: string): Promise<string> =>
  versionIn(await said(program)) ?? versionOfModule((await moduleLine(program)) ?? '') ?? 'unknown';
