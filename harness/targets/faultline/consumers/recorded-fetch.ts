// fetch, of which leases and checkpoints are written down: what was asked for before it is sent, what was answered before anybody acts on it.
import type { Clock } from '../../../engine/clock.ts';
import type { AskedCheckpoint, CheckpointAnswer, LaneLease } from '../../../history/consumed-line.ts';
import type { ConsumedRecord } from '../../../consumers/consumed-record.ts';

type Sent = { readonly method: string; readonly headers: Record<string, string>; readonly body?: string; readonly signal: AbortSignal };
type Answer = { readonly status: number; text(): Promise<string> };
export type RecordedFetch = (url: string, sent: Sent) => Promise<Answer>;

export const createRecordedFetch =
  (record: ConsumedRecord, clock: Clock): RecordedFetch =>
  async (url, sent) => {
    const { pathname } = new URL(url);
    if (sent.method === 'PUT' && pathname.includes('/instances/')) return join(url, sent, { record, clock });
    if (sent.method === 'POST' && pathname.endsWith('/checkpoints')) return checkpoint(url, sent, record);
    return whole(url, sent);
  };

/** Read at once: what acts on it does so in the same turn in which it was written down. */
const whole = async (url: string, sent: Sent): Promise<Answer> => {
  const answer = await fetch(url, sent);
  const text = await answer.text();
  return { status: answer.status, text: () => Promise.resolve(text) };
};

const join = async (url: string, sent: Sent, { record, clock }: { record: ConsumedRecord; clock: Clock }): Promise<Answer> => {
  const askedAt = clock.now();
  const answer = await whole(url, sent);
  if (answer.status === 200) record.leased(askedAt, (JSON.parse(await answer.text()) as { readonly lanes: readonly LaneLease[] }).lanes);
  return answer;
};

const checkpoint = async (url: string, sent: Sent, record: ConsumedRecord): Promise<Answer> => {
  const { checkpoints } = JSON.parse(sent.body ?? '') as { readonly checkpoints: readonly AskedCheckpoint[] };
  const n = record.checkpoint(checkpoints);
  try {
    const answer = await whole(url, sent);
    record.answered(n, resultsIn(answer.status, await answer.text()));
    return answer;
  } catch (error) {
    if (wasRefused(error)) record.refused(n);
    else record.answered(n, null);
    throw error;
  }
};

/** Nothing was sent, as nobody listens there. */
const wasRefused = (error: unknown): boolean =>
  ((error as { readonly cause?: { readonly code?: unknown } }).cause?.code ?? null) === 'ECONNREFUSED';

type Body = {
  readonly checkpoints?: readonly CheckpointAnswer[];
  readonly error?: { readonly code: string; readonly details?: readonly CheckpointAnswer[] };
};

/** null: an error that does not say what became of the lanes. */
export const resultsIn = (status: number, text: string): readonly CheckpointAnswer[] | null => {
  if (status !== 200 && status !== 409) return null;
  const { checkpoints, error } = JSON.parse(text) as Body;
  const results = checkpoints ?? (error?.code === 'checkpoint_refused' ? error.details : undefined);
  return results?.map(({ lane, outcome, position, epoch }) => ({ lane, outcome, position, epoch })) ?? null;
};
