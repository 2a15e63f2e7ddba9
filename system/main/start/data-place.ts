// Where events are kept when no folder was named: ./data, or, where the account that runs PostgreSQL for root can't get there, a place that it can.
import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { closedAncestor } from '../postgres/data-folder.ts';
import type { ServerAccount } from '../postgres/server-account.ts';

export type DataPlace = {
  readonly folder: string;
  /** Why it is not where one would look for it; null: it is. */
  readonly note: string | null;
};

const elsewhere = '/var/lib/faultline';

export const chooseDataPlace = async (given: string | null, current: string, account: ServerAccount | null): Promise<DataPlace> => {
  const folder = resolve(current, given ?? 'data');
  // A folder that was named is never replaced by another: it is used or refused.
  const closed = given === null && account !== null ? await closedAncestor(folder, account) : null;
  if (closed === null) return { folder, note: null };
  const place = join(elsewhere, `${basename(current)}-${createHash('sha256').update(current).digest('hex').slice(0, 8)}`);
  return {
    folder: place,
    note: `${folder} lies inside ${closed}, which user ${account?.name} (who runs PostgreSQL for root) can't enter: the data is in ${place}. --data DIR names another place.`,
  };
};
