// Moves a recorded request in time: backends refuse or hide what is old, and a recording is to be worth something next week. Pure but for zip and unzip.
import { gunzipSync, gzipSync } from 'node:zlib';
import { HarnessError } from '../engine/errors.ts';
import type { RecordedRequest } from './recording.ts';

/** Every time in OTLP/JSON is a field of one of these names. Inside of a text the quotes would be escaped. */
const timeField = /"((?:start|end|observed)?[tT]imeUnixNano)":\s*"?(\d+)"?/g;

/** 0 means "not known" and stays so. */
export const shiftTimes = (json: string, shiftMs: number): string => {
  const shiftNano = BigInt(shiftMs) * 1_000_000n;
  return json.replaceAll(
    timeField,
    (_all, name: string, nano: string) => `"${name}":"${BigInt(nano) === 0n ? 0n : BigInt(nano) + shiftNano}"`,
  );
};

/** The same request, its records so much later. */
export const shiftRequest = (recorded: RecordedRequest, shiftMs: number): RecordedRequest => {
  if (shiftMs === 0) return recorded;
  if (!recorded.contentType.startsWith('application/json'))
    throw new HarnessError(
      'FL_USAGE',
      `the recording is old and holds ${recorded.contentType}, whose times can't be moved: record it anew, or with senders of OTLP/JSON`,
    );
  const body = Buffer.from(recorded.bodyBase64, 'base64');
  const isZipped = recorded.contentEncoding === 'gzip';
  const moved = Buffer.from(shiftTimes((isZipped ? gunzipSync(body) : body).toString(), shiftMs));
  return { ...recorded, atMs: recorded.atMs + shiftMs, bodyBase64: (isZipped ? gzipSync(moved) : moved).toString('base64') };
};

const freshMs = 600_000;
const restMs = 90_000;

/**
 * How far a recording that ended at `endMs` is moved: not at all while it is fresh; otherwise in whole seconds, so that it ends well before the backends
 * are started, which send a few records of their own to see whether they work.
 */
export const shiftFor = (endMs: number, nowMs: number): number =>
  nowMs - endMs < freshMs ? 0 : Math.floor((nowMs - restMs - endMs) / 1_000) * 1_000;
