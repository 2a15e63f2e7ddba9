// Sends a recording into a stack: each signal in its order, one request at a time, with the times that the records carry themselves, or all of them moved by the same.
import { request } from 'undici';
import type { Clock } from '../engine/clock.ts';
import type { OtlpSignal, RunningStack } from '../stack/running-stack.ts';
import { readRecording, type RecordedRequest } from './recording.ts';
import { shiftRequest } from './shift-times.ts';

export type Replayed = {
  readonly sent: Readonly<Record<OtlpSignal, number>>;
  /** What the receiver did not take, in its own words: parity over half of the data would prove nothing. */
  readonly refused: readonly string[];
};

const timeoutMs = 30_000;
const tries = 20;

const send = async (
  stack: RunningStack,
  recorded: RecordedRequest,
): Promise<{ readonly status: number; readonly said: string; readonly waitMs: number }> => {
  const { signal, contentType, contentEncoding, bodyBase64 } = recorded;
  const answer = await request(stack.endpoints.otlp[signal], {
    method: 'POST',
    headers: {
      'content-type': contentType,
      ...(contentEncoding === '' ? {} : { 'content-encoding': contentEncoding }),
      ...stack.access.otlp?.[signal],
    },
    body: Buffer.from(bodyBase64, 'base64'),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const waitMs = Number(answer.headers['retry-after'] ?? 0.2) * 1_000;
  return { status: answer.statusCode, said: await answer.body.text(), waitMs };
};

/** A receiver that took a part says how much it did not: `rejectedDataPoints`, `rejectedSpans` or `rejectedLogRecords`. */
const partOf = ({ signal }: RecordedRequest, said: string): string | null =>
  /"rejected\w+":\s*"?[1-9]/.test(said) ? `${signal}: a part of it: ${said.slice(0, 300)}` : null;

/** 429 and 503 ask for patience; anything else is an answer. */
const insist = async (stack: RunningStack, recorded: RecordedRequest, clock: Clock): Promise<string | null> => {
  for (let tried = 1; ; tried += 1) {
    const { status, said, waitMs } = await send(stack, recorded);
    if (status >= 200 && status < 300) return partOf(recorded, said);
    const isBusy = status === 429 || status === 503;
    if (!isBusy || tried === tries) return `${recorded.signal}: ${status} ${said.slice(0, 300)}`;
    await clock.sleep(waitMs);
  }
};

export const replay = async (stack: RunningStack, file: string, shiftMs: number, clock: Clock): Promise<Replayed> => {
  const sent = { metrics: 0, traces: 0, logs: 0 };
  const refused: string[] = [];
  for await (const recorded of readRecording(file)) {
    const refusal = await insist(stack, shiftRequest(recorded, shiftMs), clock);
    if (refusal === null) sent[recorded.signal] += 1;
    else refused.push(refusal);
  }
  return { sent, refused };
};
