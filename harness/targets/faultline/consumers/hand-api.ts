// The requests of a consumer that is written by hand.
import type { ConsumedRecord } from '../../../consumers/consumed-record.ts';
import type { ConsumerJob } from '../../../consumers/consumer-job.ts';
import type { Clock } from '../../../engine/clock.ts';
import type { AskedCheckpoint, CheckpointAnswer, LaneLease } from '../../../history/consumed-line.ts';
import { type Frame, readFrames } from './read-frames.ts';
import { createRecordedFetch, resultsIn } from './recorded-fetch.ts';

/** The server is away, or does not say what was asked: another time it may. */
export class Unanswered extends Error {}

/** All reject with Unanswered. */
export type HandApi = {
  create(): Promise<void>;
  join(release: readonly number[]): Promise<readonly LaneLease[]>;
  leave(): Promise<void>;
  checkpoint(checkpoints: readonly AskedCheckpoint[]): Promise<readonly CheckpointAnswer[]>;
  stream(after: ReadonlyMap<number, number>, signal: AbortSignal): AsyncGenerator<readonly Frame[]>;
};

const answerWithinMs = 2000;

export const createHandApi = ({ url, consumer, instance, leaseMs }: ConsumerJob, record: ConsumedRecord, clock: Clock): HandApi => {
  const root = `${url}/consumers/${consumer}`;
  const fetchRecorded = createRecordedFetch(record, clock);
  const ask = async (method: string, address: string, body?: unknown, accepted: readonly number[] = [200, 201, 204]): Promise<Asked> => {
    const signal = AbortSignal.timeout(answerWithinMs);
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetchRecorded(address, { method, headers, signal, ...sent }).catch(unanswered);
    const text = await answer.text();
    if (!accepted.includes(answer.status))
      throw new Unanswered(`${method} ${address} was answered with ${answer.status}: ${text.slice(0, 200)}`);
    return { status: answer.status, text };
  };
  return {
    create: async () => void (await ask('PUT', root, { start: 'earliest' })),
    join: async (release) => {
      const { text } = await ask('PUT', `${root}/instances/${instance}`, { lease_ms: leaseMs, release });
      return (JSON.parse(text) as { readonly lanes: readonly LaneLease[] }).lanes;
    },
    leave: async () => void (await ask('DELETE', `${root}/instances/${instance}`)),
    checkpoint: async (checkpoints) => {
      const { status, text } = await ask('POST', `${root}/checkpoints`, { checkpoints }, [200, 409]);
      const results = resultsIn(status, text);
      if (results === null) throw new Unanswered(`a checkpoint was answered with ${status}: ${text.slice(0, 200)}`);
      return results;
    },
    stream: async function* (after, signal) {
      const lanes = [...after.keys()].join(',');
      const positions = [...after].map(([lane, position]) => `${lane}:${position}`).join(',');
      const asked = new URLSearchParams({ lanes, after: positions });
      const answer = await fetch(`${root}/stream?${asked.toString()}`, { signal }).catch(unanswered);
      if (answer.status !== 200 || answer.body === null) throw new Unanswered(`the stream was answered with ${answer.status}`);
      yield* readFrames(answer.body, unanswered);
    },
  };
};

const unanswered = (cause: unknown): never => {
  throw new Unanswered((cause as Error).message, { cause });
};

type Asked = { readonly status: number; readonly text: string };
