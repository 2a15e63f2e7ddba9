// Makes a team's own processors known to the database: their tables, checkpoints and leases, all in one transaction under one advisory lock, so that workers
// that start together wait for each other, and a failure leaves nothing half made.
import { Client, type ClientBase } from 'pg';
import { messageOf } from '../../contract/message-of.ts';
import { SystemError } from '../../contract/system-error.ts';
import { eventColumns } from './log-event-row.ts';
import { type OwnErase, registerErase } from './register-erase.ts';
import { seedKeyOrders } from './seed-key-orders.ts';

export type OwnRegistration = {
  readonly name: string;
  readonly version: number;
  readonly file: string;
  readonly order?: 'per-key' | 'none';
  readonly startsFrom?: 'beginning' | 'now' | 'previous';
  /** Whether its definition lets it wait for the producer's numbers. */
  readonly takesNumbers: boolean;
  readonly statements: { readonly first: readonly string[]; readonly following: readonly string[] };
  readonly tablesSha256: string;
  readonly erase?: OwnErase | null;
};

export type Registered = {
  /** What tells this installation from others. */
  readonly installation: string;
  /** Names of those that wait for numbers: fixed by a version's first start, whatever its definition says by now. */
  readonly takingNumbers: ReadonlySet<string>;
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

/** Throws a SystemError: FL_PROCESSOR_INVALID, FL_PROCESSOR_TABLES. */
export const registerProcessors = async (all: readonly OwnRegistration[], options: RegisterOptions): Promise<Registered> => {
  const client = new Client({ connectionString: options.databaseUrl, application_name: options.applicationName });
  client.on('error', () => {});
  await client.connect();
  try {
    const takingNumbers = await registerAll(client, all, options);
    return { installation: await readInstallation(client), takingNumbers };
  } finally {
    await client.end();
  }
};

/** The client has no open transaction. Returns the names of those that wait for numbers. */
export const registerAll = async (
  client: ClientBase,
  all: readonly OwnRegistration[],
  options: Pick<RegisterOptions, 'apply' | 'previousVersion'>,
): Promise<ReadonlySet<string>> => {
  await client.query('begin');
  try {
    // 1717660005 is 'faul'. Released at the end of the transaction, however it ends.
    await client.query('select pg_advisory_xact_lock(1717660005, 3)');
    const takingNumbers = new Set<string>();
    for (const one of all) {
      if (await registerOne(client, one, options)) takingNumbers.add(one.name);
      await registerErase(client, one, options);
    }
    await client.query('commit');
    return takingNumbers;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
};

type KnownRow = { ordered: boolean; starts: string; takes_numbers: boolean | null; tables_sha256: string; state: string };

/** Whether it waits for numbers. */
const registerOne = async (
  client: ClientBase,
  one: OwnRegistration,
  options: Pick<RegisterOptions, 'apply' | 'previousVersion'>,
): Promise<boolean> => {
  const { rows } = await client.query<KnownRow>(
    `select p.ordered, p.state, o.starts, o.takes_numbers, o.tables_sha256 from processors p join own_processors o using (processor, version)
     where p.processor = $1 and p.version = $2`,
    [one.name, one.version],
  );
  if (rows[0] !== undefined) return meetAgain(client, one, rows[0], options);
  if (options.apply) return makeOne(client, one, options.previousVersion);
  throw invalid(one, `is not in the database yet. Start one worker with FAULTLINE_MIGRATE=true to make its tables.`);
};

const invalid = ({ file, name, version }: OwnRegistration, message: string) =>
  new SystemError('FL_PROCESSOR_INVALID', `${file}: '${name}' version ${version} ${message}`);

const setNumbers = 'update own_processors set takes_numbers = $3 where processor = $1 and version = $2';

/** The same version has the same tables, order and start for good; its code may change. */
const meetAgain = async (
  client: ClientBase,
  one: OwnRegistration,
  known: KnownRow,
  { apply }: Pick<RegisterOptions, 'apply'>,
): Promise<boolean> => {
  refuseChanged(one, known);
  const takesNumbers = known.takes_numbers ?? one.takesNumbers;
  if (known.takes_numbers === null && apply) await client.query(setNumbers, [one.name, one.version, takesNumbers]);
  if (known.state !== 'retired') return takesNumbers;
  if (!apply)
    throw invalid(
      one,
      `is retired, and nobody would be given its lanes. Start one worker with FAULTLINE_MIGRATE=true to take it up again.`,
    );
  await client.query(lockMarks);
  await client.query(`update processors set state = 'active' where processor = $1 and version = $2`, [one.name, one.version]);
  await skipDropped(client, one, takesNumbers);
  return takesNumbers;
};

const refuseChanged = (one: OwnRegistration, known: KnownRow): void => {
  const changed = [
    ...(known.tables_sha256 === one.tablesSha256 ? [] : ['its tables (`tables`, `setUp`)']),
    ...(known.ordered === isOrdered(one) ? [] : ['`order`']),
    ...(known.starts === startOf(one) ? [] : ['`startsFrom`']),
  ];
  if (changed.length > 0)
    throw invalid(one, `is in the database already, and ${changed.join(' and ')} changed since. Raise \`version\`, or undo the change.`);
  // What sheds never sees some of the numbers, and workers with the code from before would still wait for them.
  if (known.takes_numbers === true && !one.takesNumbers)
    throw invalid(
      one,
      'is in the database already and waits for the numbers (`sequence`) of its events, which `backPressure` would leave out from now on. ' +
        "Raise `version` (with startsFrom 'previous' it goes on where this one stands), or undo the change.",
    );
};

const isOrdered = ({ order }: OwnRegistration) => order !== 'none';
const startOf = ({ startsFrom }: OwnRegistration) => startsFrom ?? 'beginning';

const insertProcessor = `insert into processors (processor, version, ordered, state, stream_version) values ($1, $2, $3, 'active', $4)`;
const insertOwn = 'insert into own_processors (processor, version, tables_sha256, starts, takes_numbers) values ($1, $2, $3, $4, $5)';
const insertLeases = 'insert into leases (processor, version, lane) select $1, $2, lane from lanes where stream_version = $3';

const makeOne = async (client: ClientBase, one: OwnRegistration, placeholder: string): Promise<boolean> => {
  const ids = [one.name, one.version];
  const previous = startOf(one) === 'previous' ? await lockPrevious(client, one) : null;
  // What goes on from a version that did not know the numbers can't know them either.
  const takesNumbers = one.takesNumbers && (previous?.takesNumbers ?? true);
  await client.query(insertProcessor, [...ids, isOrdered(one), streamVersion]);
  await client.query(insertOwn, [...ids, one.tablesSha256, startOf(one), takesNumbers]);
  await client.query(insertLeases, [...ids, streamVersion]);
  if (previous === null) await beginLanes(client, one);
  else await takeOver(client, one, previous, takesNumbers);
  const statements = previous === null ? one.statements.first : one.statements.following;
  for (const statement of statements) await makeTables(client, one, statement.replaceAll(`_v${placeholder}__`, `_v${previous?.version}__`));
  return takesNumbers;
};

/** Retention raises the marks under it: they do not move while checkpoints are put at them. */
const lockMarks = 'select pg_advisory_xact_lock_shared(1717660005, 4)';

/** What was passed before it began, or is not in the log any more, is skipped and counted as such: the books begin whole. */
const insertCheckpoints = `
  insert into checkpoints (processor, version, lane, position, skipped)
  select $1, $2, lane, start, start from (select lane, case when $4 then head else low_water end as start from lanes where stream_version = $3) as l`;

const beginLanes = async (client: ClientBase, one: OwnRegistration) => {
  await client.query(lockMarks);
  await client.query(insertCheckpoints, [one.name, one.version, streamVersion, startOf(one) === 'now']);
  if (one.takesNumbers) await seedNumbers(client, one);
};

/** Retention passes a version that is retired: what it dropped meanwhile is skipped. */
const passDropped = `
  update checkpoints c set skipped = c.skipped + l.low_water - c.position, position = l.low_water, updated_at = clock_timestamp()
  from processors p join lanes l on l.stream_version = p.stream_version
  where (p.processor, p.version) = ($1, $2) and (c.processor, c.version, c.lane) = (p.processor, p.version, l.lane) and c.position < l.low_water`;

/** Under the lock of the marks. Numbers of what was dropped are not waited for. */
const skipDropped = async (client: ClientBase, one: OwnRegistration, takesNumbers: boolean): Promise<void> => {
  const { rowCount } = await client.query(passDropped, [one.name, one.version]);
  if (takesNumbers && rowCount !== 0) await seedNumbers(client, one);
};

/** Of timelines, which is given every event: the version that is read. */
const selectReference = `select version from processors where processor = 'timelines' and state = 'active' order by version desc limit 1`;

const seedNumbers = async (client: ClientBase, { name: processor, version }: OwnRegistration): Promise<void> => {
  const [reference] = (await client.query<{ version: number }>(selectReference)).rows;
  if (reference !== undefined)
    await seedKeyOrders(client, { processor, version, from: { processor: 'timelines', version: reference.version } });
};

/**
 * The version before holds still from here to the commit: each of its transactions locks a checkpoint first. What is read after it is what it has done up to
 * exactly these positions.
 */
const lockCheckpoints = 'select from checkpoints where processor = $1 and version = $2 order by lane for update';

/** One that is retired was a release that was taken back, or stands where retention may have passed it: only where there is no other. */
const selectNeighbours = `
  select coalesce(max(version) filter (where version < $2 and state <> 'retired'), max(version) filter (where version < $2)) as version,
         max(version) filter (where version > $2) as newer
  from own_processors join processors using (processor, version) where processor = $1`;
const selectTraits = `
  select p.ordered as "isOrdered", coalesce(o.takes_numbers, true) as "takesNumbers"
  from own_processors o join processors p using (processor, version) where processor = $1 and version = $2`;

type Previous = { readonly version: number; readonly isOrdered: boolean; readonly takesNumbers: boolean };

const lockPrevious = async (client: ClientBase, one: OwnRegistration): Promise<Previous> => {
  const { rows } = await client.query<{ version: number | null; newer: number | null }>(selectNeighbours, [one.name, one.version]);
  const { version = null, newer = null } = rows[0] ?? {};
  if (newer !== null)
    throw invalid(one, `begins where the version before stands, but there is version ${newer} already. Give a version above it.`);
  if (version === null)
    throw invalid(
      one,
      `begins where the version before stands, and there is none. Give startsFrom 'beginning' or 'now' for the first version.`,
    );
  await client.query(lockMarks);
  await client.query(lockCheckpoints, [one.name, version]);
  const traits = await client.query<Omit<Previous, 'version'>>(selectTraits, [one.name, version]);
  return { version, ...traits.rows[0]! };
};

/** Every row that says where a lane, a key or an event stands. Its own columns: a column that is added later is copied too. */
const taken = ['checkpoints', 'key_order', 'skipped_gaps', 'pending_events', 'parked_keys', 'parked_events', 'event_recoveries'] as const;

/** Of the version alone; how its workers died says nothing of the code that comes after it. */
const notTaken = ['version', 'epoch', 'attempt_position', 'attempt_count', 'takeovers_without_progress'];

const takeOver = async (client: ClientBase, one: OwnRegistration, previous: Previous, takesNumbers: boolean) => {
  const { name, version } = one;
  for (const table of taken) {
    const { rows } = await client.query<{ columns: string }>(
      `select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
       where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = '' and attname <> all ($2::text[])`,
      [table, notTaken],
    );
    const columns = rows[0]!.columns;
    await client.query(
      `insert into ${table} (version, ${columns}) select $2::integer, ${columns} from ${table} where processor = $1 and version = $3`,
      [name, version, previous.version],
    );
  }
  const changes = [...(one.takesNumbers ? [] : forgetNumbers), ...(previous.isOrdered && !isOrdered(one) ? [freeBehind] : [])];
  for (const change of changes) await client.query(change, [name, version]);
  await skipDropped(client, one, takesNumbers);
};

const ofVersion = 'processor = $1 and version = $2';

/** It waits for no number: early events are due, and go through the park, where they are tried at once. */
const forgetNumbers = [
  `insert into parked_events (processor, version, ${eventColumns}) select processor, version, ${eventColumns} from pending_events where ${ofVersion}`,
  `insert into parked_keys (processor, version, lane, tenant, system_name, object_id, state, next_attempt_at)
   select distinct processor, version, lane, tenant, system_name, object_id, 'retrying', clock_timestamp() from pending_events where ${ofVersion}
   on conflict do nothing`,
  `delete from pending_events where ${ofVersion}`,
  `delete from key_order where ${ofVersion}`,
  `delete from skipped_gaps where ${ofVersion}`,
  `update checkpoints set parked = parked + pending, pending = 0 where ${ofVersion}`,
];

/** Without order nothing waits behind another: what did is tried. */
const freeBehind = `
  update parked_keys k set state = 'retrying', next_attempt_at = clock_timestamp()
  where ${ofVersion} and state = 'parked' and exists (
    select from parked_events e
    where (e.processor, e.version, e.tenant, e.system_name, e.object_id) = (k.processor, k.version, k.tenant, k.system_name, k.object_id)
      and e.reason_code is null
  )`;

const endsTransaction = /^\s*(?:begin|commit|end|rollback|abort|savepoint|release|start|prepare)\b/i;

const makeTables = async (client: ClientBase, one: OwnRegistration, statement: string) => {
  const begins = statement.trim().replaceAll(/\s+/g, ' ').slice(0, 80);
  if (endsTransaction.test(statement)) throw tables(one, begins, 'the transaction is not its to end');
  try {
    // One statement: never two in one text.
    await client.query({ text: statement, queryMode: 'extended' } as { text: string });
  } catch (cause) {
    throw tables(one, begins, messageOf(cause), cause);
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
