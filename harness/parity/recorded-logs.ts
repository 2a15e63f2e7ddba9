// The log lines of a recording, as the embedded store keeps them, for asking what an answer depends on without asking a runtime.
import { gunzipSync } from 'node:zlib';
import { createLogStore } from '../stack/embedded/logs/log-store.ts';
import type { LogStore } from '../stack/embedded/logs/log-store.ts';
import { readLogs } from '../stack/embedded/otlp/read-logs.ts';
import { type RecordedRequest, readRecording } from './recording.ts';
import { shiftRequest } from './shift-times.ts';

/** A recording is of minutes: nothing of it is let go. */
const limits = { maxBytes: 2 ** 30, maxEntries: 5_000_000, maxLineBytes: 2 ** 20, maxAgeMs: Infinity };

const bodyOf = ({ bodyBase64, contentEncoding }: RecordedRequest): string => {
  const body = Buffer.from(bodyBase64, 'base64');
  return (contentEncoding === 'gzip' ? gunzipSync(body) : body).toString();
};

/** Of OTLP/JSON; what came in another form is left out, so that nothing is known of it. */
export const recordedLogs = async (recording: string, shiftMs: number): Promise<LogStore> => {
  const store = createLogStore(limits);
  for await (const recorded of readRecording(recording)) {
    if (recorded.signal !== 'logs' || !recorded.contentType.startsWith('application/json')) continue;
    const moved = shiftRequest(recorded, shiftMs);
    store.add(readLogs(JSON.parse(bodyOf(moved))), moved.atMs);
  }
  return store;
};
