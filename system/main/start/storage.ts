// The database that the system runs on: one of our own on a data folder, or the user's.
import { prepareDataFolder } from '../postgres/data-folder.ts';
import { chooseServerAccount } from '../postgres/server-account.ts';
import { demandDatabase, describeDatabase } from './check-database.ts';
import { lockDataFolder } from './data-lock.ts';
import { chooseDataPlace } from './data-place.ts';
import { programOf } from './processes.ts';
import { supervise, type Supervised } from './supervise.ts';

export type Storage = {
  readonly databaseUrl: string;
  /** For people: without a password. */
  readonly description: string;
  /** null: the database is the user's, and is left running. */
  readonly server: Supervised | null;
};

export type StorageContext = {
  readonly data: string | null;
  readonly databaseUrl: string | null;
  /** That the processes may open to one of our own. */
  readonly connections: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly say: (message: string) => void;
  readonly onLine: Parameters<typeof supervise>[0]['onLine'];
  readonly clock: () => number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Takes what must be given back, in reverse order. */
  readonly owned: AsyncDisposableStack;
};

const stopBoundMs = 60_000;

const useGiven = async (url: string): Promise<Storage> => {
  const version = await demandDatabase(url);
  return { databaseUrl: url, description: `PostgreSQL ${version} of DATABASE_URL (${describeDatabase(url)})`, server: null };
};

const runOwn = async ({ data, connections, environment, say, onLine, clock, now, signal, owned }: StorageContext): Promise<Storage> => {
  const account = await chooseServerAccount();
  const place = await chooseDataPlace(data, process.cwd(), account);
  if (place.note) say(place.note);
  const folder = await prepareDataFolder(place.folder, account);
  owned.use(await lockDataFolder(folder, now()));
  // The first start makes a database, which takes seconds: nobody should wonder whether anything happens.
  say('starting PostgreSQL');
  // What is given comes later, and counts.
  const given = environment['FAULTLINE_POSTGRES_SETTINGS'] ?? '';
  const postgres = {
    ...environment,
    FAULTLINE_POSTGRES_DATA: folder,
    FAULTLINE_POSTGRES_SETTINGS: `max_connections=${connections};${given}`,
  };
  const server = await supervise(
    {
      name: 'PostgreSQL',
      program: programOf('postgres'),
      environment: postgres,
      // The others know its port, so it comes back on the same one.
      again: ({ address }) => ({ ...postgres, FAULTLINE_POSTGRES_PORT: new URL(String(address)).port }),
      onLine,
      say,
      clock,
    },
    signal,
  );
  owned.adopt(server, async (running) => {
    say('stopping PostgreSQL');
    await running.stop(stopBoundMs);
  });
  const { address, version } = server.attributes();
  return { databaseUrl: String(address), description: `PostgreSQL ${String(version)} on ${folder}`, server };
};

export const openStorage = (context: StorageContext): Promise<Storage> =>
  context.databaseUrl === null ? runOwn(context) : useGiven(context.databaseUrl);
