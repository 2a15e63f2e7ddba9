// Looks again whether the key of a stream may still read: it was asked once, and a stream lasts.
import type { FastifyRequest } from 'fastify';
import type { AccessKeys } from '../../access/access-keys.ts';
import { bearerKey } from '../../access/bearer-key.ts';
import type { Timers } from './head-watch.ts';

export type AccessWatch = Disposable & {
  /** Aborted with `access_ended`, or `storage_unavailable` where nobody can tell. */
  readonly ended: AbortSignal;
};

/** As often as a door reads its keys by default. */
const everyMs = 2000;

export const watchAccess = (keys: Pick<AccessKeys, 'demand'>, { headers }: FastifyRequest, timers: Timers): AccessWatch => {
  const ended = new AbortController();
  let isOver = false;
  const look = async (): Promise<void> => {
    const judged = await keys.demand(bearerKey(headers.authorization), 'read');
    // The stream may have ended while the answer was on its way.
    if (isOver) return;
    if (!('refused' in judged)) timer = timers.after(everyMs, () => void look());
    else ended.abort(judged.refused === 'storage_unavailable' ? judged.refused : 'access_ended');
  };
  let timer = timers.after(everyMs, () => void look());
  return {
    ended: ended.signal,
    [Symbol.dispose]: () => {
      isOver = true;
      timer[Symbol.dispose]();
    },
  };
};
