// Makes a team's own processors known to the database: their tables, checkpoints and leases, all in one transaction under one advisory lock, so that workers
// that start together wait for each other, and a failure leaves nothing half made.
import { Client, type ClientBase } from 'pg';
import { SystemError } from '../../contract/system-error.ts';
import { type OwnErase, registerErase } from './register-erase.ts';

export type OwnRegistration = {
  readonly name: string;
  readonly version: number;
  readonly file: string;
  readonly order?: 'per-key' | 'none';
  readonly startsFrom?: 'beginning' | 'now' | 'previous';
  readonly statements: { readonly first: readonly string[]; readonly following: readonly string[] };
  readonly tablesSha256: string;
  readonly erase?: OwnErase | null;
};

export type RegisterOptions = {
  readonly databaseUrl: string;
  readonly applicationName: string;
  /** false: change nothing, and refuse what is not there yet. */
  readonly apply: boolean;
  /** What stands in `following` for the version that is gone on from. */
  readonly previousVersion: string;
};

const streamVersion = 1;

/** Throws a SystemError: FL_PROCESSOR_INVALID, FL_PROCESSOR_TABLES. Returns what tells this installation from others. */
export const registerProcessors = async (all: readonly OwnRegistration[], options: RegisterOptions): Promise<string> => {
  const client = new Client({ connectionString: options.databaseUrl, application_name: options.applicationName });
  client.on('error', () => {});
  await client.connect();
  try {
    await registerAll(client, all, options);
    return await readInstallation(client);
  } finally {
    await client.end();
  }
};

/** The client has no open transaction. */
export const registerAll = async (
  client: ClientBase,
  all: readonly OwnRegistration[],
  options: Pick<RegisterOptions, 'apply' | 'previousVersion'>,
): Promise<void> => {
  await client.query('begin');
  try {
    // 1717660005 is 'faul'. Released at the end of the transaction, however it ends.
    await client.query('select pg_advisory_xact_lock(1717660005, 3)');
    for (const one of all) {
      await registerOne(client, one, options);
      await registerErase(client, one, options);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
};

type KnownRow = { ordered: boolean; starts: string; tables_sha256: string; state: string };

const registerOne = async (client: ClientBase, one: OwnRegistration, options: Pick<RegisterOptions, 'apply' | 'previousVersion'>) => {
  const { rows } = await client.query<KnownRow>(
    `select p.ordered, p.state, o.starts, o.tables_sha256 from processors p join own_processors o using (processor, version)
     where p.processor = $1 and p.version = $2`,
    [one.name, one.version],
  );
  if (rows[0] !== undefined) return meetAgain(client, one, rows[0], options);
  if (options.apply) return makeOne(client, one, options.previousVersion);
  throw invalid(one, `is not in the database yet. Start one worker with FAULTLINE_MIGRATE=true to make its tables.`);
};

const invalid = ({ file, name, version }: OwnRegistration, message: string) =>
  new SystemError('FL_PROCESSOR_INVALID', `${file}: '${name}' version ${version} ${message}`);

/** The same version has the same tables, order and start for good; its code may change. */
const meetAgain = async (client: ClientBase, one: OwnRegistration, known: KnownRow, { apply }: Pick<RegisterOptions, 'apply'>) => {
  const changed = [
    ...(known.tables_sha256 === one.tablesSha256 ? [] : ['its tables (`tables`, `setUp`)']),
    ...(known.ordered === isOrdered(one) ? [] : ['`order`']),
    ...(known.starts === startOf(one) ? [] : ['`startsFrom`']),
  ];
  if (changed.length > 0)
    throw invalid(one, `is in the database already, and ${changed.join(' and ')} changed since. Raise \`version\`, or undo the change.`);
  if (known.state === 'retired' && apply)
    await client.query(`update processors set state = 'active' where processor = $1 and version = $2`, [one.name, one.version]);
};

const isOrdered = ({ order }: OwnRegistration) => order !== 'none';
const startOf = ({ startsFrom }: OwnRegistration) => startsFrom ?? 'beginning';

const insertProcessor = `insert into processors (processor, version, ordered, state, stream_version) values ($1, $2, $3, 'active', $4)`;
const insertOwn = 'insert into own_processors (processor, version, tables_sha256, starts) values ($1, $2, $3, $4)';
const insertLeases = 'insert into leases (processor, version, lane) select $1, $2, lane from lanes where stream_version = $3';

const makeOne = async (client: ClientBase, one: OwnRegistration, placeholder: string) => {
  const ids = [one.name, one.version];
  const previous = startOf(one) === 'previous' ? await lockPrevious(client, one) : null;
  await client.query(insertProcessor, [...ids, isOrdered(one), streamVersion]);
  await client.query(insertOwn, [...ids, one.tablesSha256, startOf(one)]);
  await client.query(insertLeases, [...ids, streamVersion]);
  if (previous === null) await beginLanes(client, one);
  else await takeOver(client, one, previous);
  const statements = previous === null ? one.statements.first : one.statements.following;
  for (const statement of statements) await makeTables(client, one, statement.replaceAll(`_v${placeholder}__`, `_v${previous}__`));
};

/** What was passed before it began, or is not in the log any more, is skipped and counted as such: the books begin whole. */
const insertCheckpoints = `
  insert into checkpoints (processor, version, lane, position, skipped)
  select $1, $2, lane, start, start from (select lane, case when $4 then head else low_water end as start from lanes where stream_version = $3) as l`;

const beginLanes = async (client: ClientBase, one: OwnRegistration) => {
  await client.query(insertCheckpoints, [one.name, one.version, streamVersion, startOf(one) === 'now']);
};

/**
 * The version before holds still from here to the commit: each of its transactions locks a checkpoint first. What is read after it is what it has done up to
 * exactly these positions.
 */
const lockCheckpoints = 'select from checkpoints where processor = $1 and version = $2 order by lane for update';

const lockPrevious = async (client: ClientBase, one: OwnRegistration): Promise<number> => {
  const { rows } = await client.query<{ version: number | null; newer: number | null }>(
    `select max(version) filter (where version < $2) as version, max(version) filter (where version > $2) as newer from own_processors where processor = $1`,
    [one.name, one.version],
  );
  const { version = null, newer = null } = rows[0] ?? {};
  if (newer !== null)
    throw invalid(one, `begins where the version before stands, but there is version ${newer} already. Give a version above it.`);
  if (version === null)
    throw invalid(
      one,
      `begins where the version before stands, and there is none. Give startsFrom 'beginning' or 'now' for the first version.`,
    );
  await client.query(lockCheckpoints, [one.name, version]);
  return version;
};

/** Every row that says where a lane, a key or an event stands. Its own columns: a column that is added later is copied too. */
const taken = ['checkpoints', 'key_order', 'skipped_gaps', 'pending_events', 'parked_keys', 'parked_events', 'event_recoveries'] as const;

const takeOver = async (client: ClientBase, { name, version }: OwnRegistration, previous: number) => {
  for (const table of taken) {
    const { rows } = await client.query<{ columns: string }>(
      `select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
       where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = '' and attname not in ('version', 'epoch')`,
      [table],
    );
    const columns = rows[0]!.columns;
    await client.query(
      `insert into ${table} (version, ${columns}) select $2::integer, ${columns} from ${table} where processor = $1 and version = $3`,
      [name, version, previous],
    );
  }
};

const endsTransaction = /^\s*(?:begin|commit|end|rollback|abort|savepoint|release|start|prepare)\b/i;

const makeTables = async (client: ClientBase, one: OwnRegistration, statement: string) => {
  const begins = statement.trim().replaceAll(/\s+/g, ' ').slice(0, 80);
  if (endsTransaction.test(statement)) throw tables(one, begins, 'the transaction is not its to end');
  try {
    // One statement: never two in one text.
    await client.query({ text: statement, queryMode: 'extended' } as { text: string });
  } catch (cause) {
    throw tables(one, begins, cause instanceof Error ? cause.message : String(cause), cause);
  }
};

const tables = ({ file, name, version }: OwnRegistration, begins: string, reason: string, cause?: unknown) =>
  new SystemError(
    'FL_PROCESSOR_TABLES',
    `${file}: the tables of '${name}' version ${version} can't be made: ${reason}, in: ${begins}. Nothing was made; correct the statement and start again.`,
    { cause },
  );

/** What tells this installation from others: a restored one is still the same. */
export const readInstallation = async (client: Pick<ClientBase, 'query'>): Promise<string> => {
  const { rows } = await client.query<{ made: string }>(
    `select to_char(created_at at time zone 'UTC', 'YYYYMMDDHH24MISSUS') as made from streams where version = ${streamVersion}`,
  );
  return rows[0]!.made;
};
