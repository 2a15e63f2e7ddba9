// One key as a client reads it over HTTP.
import { request } from 'undici';
import type { ReadAnswer, ReadQuestion } from '../../history/read-operation.ts';

const most = 1000;

/** Nothing there is an answer too: 404, and no ids. */
export const readKey = async (queryUrl: string, question: ReadQuestion, signal: AbortSignal, key?: string): Promise<ReadAnswer> => {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const { statusCode, body } = await request(`${queryUrl}${pathOf(question)}`, { signal, headers });
  if (statusCode === 404) {
    await body.dump();
    return { status: statusCode, ids: [], total: 0, whole: true };
  }
  const page = (await body.json()) as Page;
  const ids = question.kind === 'timeline' ? page.entries?.map(({ event_id: id }) => id) : page.events?.map(({ id }) => id);
  return { status: statusCode, ids: ids ?? [], total: page.total ?? null, whole: ids !== undefined && page.next_cursor === null };
};

type Page = {
  readonly entries?: readonly { readonly event_id: number }[];
  readonly events?: readonly { readonly id: number }[];
  readonly total?: number;
  readonly next_cursor?: string | null;
};

const pathOf = ({ kind, systemName, objectId }: ReadQuestion): string =>
  kind === 'timeline'
    ? `/timelines/${encodeURIComponent(systemName)}/${encodeURIComponent(objectId)}?limit=${most}`
    : `/events?${new URLSearchParams({ system_name: systemName, object_id: objectId, limit: String(most) }).toString()}`;
