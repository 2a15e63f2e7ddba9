// A recording of OTLP: every request that was sent to a receiver and taken by it, as it came and in order. One JSON object a line.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { HarnessError } from '../engine/errors.ts';
import type { OtlpSignal } from '../stack/running-stack.ts';

/** In the run's folder. */
export const recordingFile = 'otlp.ndjson';

export type RecordedRequest = {
  readonly signal: OtlpSignal;
  /** Epoch milliseconds of its receipt. */
  readonly atMs: number;
  readonly contentType: string;
  /** '' where the body came as it is. */
  readonly contentEncoding: string;
  readonly bodyBase64: string;
};

const signals: ReadonlySet<string> = new Set<OtlpSignal>(['metrics', 'traces', 'logs']);

const isRecorded = (value: unknown): value is RecordedRequest => {
  const { signal, atMs, contentType, contentEncoding, bodyBase64 } = (value ?? {}) as Partial<Record<keyof RecordedRequest, unknown>>;
  const texts = [contentType, contentEncoding, bodyBase64].every((text) => typeof text === 'string');
  return typeof signal === 'string' && signals.has(signal) && typeof atMs === 'number' && texts;
};

const parseLine = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** In order. A line that is no recorded request is refused with its number: half a recording would compare half of the truth. */
export async function* readRecording(file: string): AsyncGenerator<RecordedRequest> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    number += 1;
    const value = parseLine(line);
    if (!isRecorded(value)) {
      throw new HarnessError(
        'FL_USAGE',
        `${file}:${number} is no line of a recording; record it anew, or give another file to --recording`,
      );
    }
    yield value;
  }
}

/** Epoch milliseconds of its last request; null where there is none. */
export const endOfRecording = async (file: string): Promise<number | null> => {
  let endMs: number | null = null;
  for await (const { atMs } of readRecording(file)) endMs = Math.max(endMs ?? 0, atMs);
  return endMs;
};
