// The database of keys and tenants: that of DATABASE_URL, or the one that `npm start` runs on its data folder.
import type { Client } from 'pg';
import type { AccessDesk } from '../../access/access-desk.ts';
import { createAccessDesk } from '../../storage/postgres/access-desk.ts';
import { describeDatabase, reasonOf } from '../start/check-database.ts';
import { withClient } from '../start/with-client.ts';
import { type DeskPlace, databaseUrlOf } from './database-url.ts';
import { OpsError } from './ops-error.ts';

const withinMs = 10_000;

export const withAccessDesk = <Result>(place: DeskPlace, work: (desk: AccessDesk) => Promise<Result>): Promise<Result> =>
  withOpsClient(place, (client) => work(createAccessDesk(client)));

/** Connects, works, ends. Rejects with an OpsError that says what to do. */
export const withOpsClient = async <Result>(place: DeskPlace, work: (client: Client) => Promise<Result>): Promise<Result> => {
  const url = await databaseUrlOf(place);
  const config = {
    connectionString: url,
    application_name: 'faultline-ops',
    connectionTimeoutMillis: withinMs,
    statement_timeout: withinMs,
  };
  try {
    return await withClient(config, work);
  } catch (error) {
    throw error instanceof OpsError ? error : new OpsError(explain(error, url), { cause: error });
  }
};

const explain = (error: unknown, url: string): string => {
  const { code } = error as { readonly code?: string };
  if (code === '42P01')
    return `The database ${describeDatabase(url)} lacks tables of this version: start the system of this version on it once, which makes its tables.`;
  return `The database ${describeDatabase(url)} did not do it: ${reasonOf(error)}.`;
};
