// An erasure that is not done, as the elected worker finds it.
import type { Client } from 'pg';
import type { Key } from '../../../stream/stream.ts';

export type ErasurePhase = 'count' | 'log' | 'lanes' | 'records' | 'search' | 'vacuum' | 'done';

/** How far a walk over the log is, and which of its partitions had rows. */
export type LogPlace = { readonly lane: number; readonly position: number; readonly found: number; readonly partitions: readonly string[] };

export type OpenErasure = {
  readonly erasure: number;
  readonly key: Key;
  readonly isDryRun: boolean;
  readonly requestedAt: Date;
  /** The head of each lane when it was asked for. */
  readonly cut: Readonly<Record<string, number>>;
  readonly phase: ErasurePhase;
  readonly place: Partial<LogPlace> & {
    /** When the search found nothing any more, by the database's clock. */ readonly searched_at?: string;
  };
  readonly rounds: number;
};

type Row = Omit<OpenErasure, 'key' | 'isDryRun' | 'requestedAt'> & {
  tenant: string;
  system_name: string;
  object_id: string;
  is_dry_run: boolean;
  requested_at: Date;
};

const select = `
  select erasure, tenant, system_name, object_id, is_dry_run, requested_at, cut, phase, place, rounds from erasures where done_at is null`;

/** What waits lets those behind it go on, and is tried again in its turn; where `waited_at` lies ahead, not before that. */
const inTurn = 'and coalesce(waited_at <= clock_timestamp(), true) order by waited_at nulls first, erasure limit 1';

/** When it waits from: a minute ahead where each try takes as long as a statement may, so that it is passed over until then. */
export const waitedAt = (isSlow: string) => `clock_timestamp() + case when ${isSlow} then interval '1 minute' else '0' end`;

/** The one whose step is next. */
export const readOpenErasure = async (client: Pick<Client, 'query'>): Promise<OpenErasure | null> =>
  toErasure((await client.query<Row>(`${select} ${inTurn}`)).rows[0]);

/** Two workers that both take themselves for the elected one must not do a step twice. */
export const lockOpenErasure = async (client: Pick<Client, 'query'>, erasure: number): Promise<OpenErasure | null> =>
  toErasure((await client.query<Row>(`${select} and erasure = $1 for update`, [erasure])).rows[0]);

const toErasure = (found: Row | undefined): OpenErasure | null => {
  if (found === undefined) return null;
  const { tenant, system_name: systemName, object_id: objectId, is_dry_run: isDryRun, requested_at: requestedAt, ...row } = found;
  return { ...row, isDryRun, requestedAt, key: { tenant, systemName, objectId } };
};

export const lanesOf = ({ cut }: OpenErasure): readonly number[] =>
  Object.keys(cut)
    .map(Number)
    .toSorted((a, b) => a - b);
