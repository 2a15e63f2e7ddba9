// A job as a whole, page by page: how it went depends on each of its dead letters, and it may have ten thousand.
import type { Job } from './answers.ts';
import type { Api } from './api.ts';

const atOnce = 1000;

/** The sums are those of the first page. */
export const readJob = async (api: Api, number: number): Promise<Job> => {
  const page = (cursor?: string) => api.get<Job>(`/recovery/jobs/${number}`, { limit: atOnce, cursor });
  const first = await page();
  const commands = [...first.commands];
  for (let cursor = first.next_cursor; cursor !== null;) {
    const next = await page(cursor);
    commands.push(...next.commands);
    cursor = next.next_cursor;
  }
  return { ...first, commands, next_cursor: null };
};
