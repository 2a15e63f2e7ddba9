// Brings the whole system up, and down again in order: ingest, workers, query, PostgreSQL.
import type { Settings } from '../../contract/parse-settings.ts';
import { demandPorts } from './check-ports.ts';
import type { ProcessLine } from './child.ts';
import { countConnections } from './count-connections.ts';
import type { StartOptions } from './options.ts';
import { planSystem, type ProcessPlan, type SystemPlan } from './processes.ts';
import { openStorage, type Storage, type StorageContext } from './storage.ts';
import { rewordPortTaken } from './reword-port-taken.ts';
import { supervise, type Supervised } from './supervise.ts';

export type SystemContext = Omit<StorageContext, 'data' | 'databaseUrl' | 'connections' | 'owned' | 'onLine'> & {
  readonly options: StartOptions;
  readonly settings: Pick<Settings, 'databaseUrl' | 'host' | 'flushers' | 'workerThreads'>;
  readonly processors: readonly string[];
  readonly showLine: (name: string, line: ProcessLine) => void;
};

export type RunningSystem = AsyncDisposable & {
  readonly storage: Storage;
  readonly ingestUrl: string;
  /** Of the door for datagrams; null: there is none. */
  readonly udpUrl: string | null;
  readonly queryUrl: string;
  /** At once, without order. */
  kill(): void;
};

/** How long each group may take to stop; a worker ends its batch, ingest its commits. */
const stopBoundMs = 20_000;

const startGroup = async (
  plans: readonly ProcessPlan[],
  { showLine, say, clock, signal }: SystemContext,
): Promise<readonly Supervised[]> => {
  const started = await Promise.allSettled(
    plans.map(({ portFlag, ...plan }) => {
      const reword = rewordPortTaken(portFlag);
      return supervise({ ...plan, say, clock, reword, onLine: (line) => showLine(plan.name, line) }, signal);
    }),
  );
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const refused = started.find((result) => result.status === 'rejected');
  if (!refused) return running;
  await Promise.all(running.map((process) => process.stop(stopBoundMs)));
  throw refused.reason;
};

const stopGroup = (name: string, context: SystemContext) => async (processes: readonly Supervised[]) => {
  context.say(`stopping ${name}`);
  await Promise.all(processes.map((process) => process.stop(stopBoundMs)));
};

/** All at once: they wait for each other's migrations by themselves. What started is stopped again when one refuses. */
const startProcesses = async (plan: SystemPlan, context: SystemContext, owned: AsyncDisposableStack) => {
  const groups = ['query', 'workers', 'ingest'] as const;
  const started = await Promise.allSettled(groups.map((name) => startGroup(plan[name], context)));
  for (const [index, result] of started.entries()) {
    if (result.status === 'fulfilled') owned.adopt(result.value, stopGroup(groups[index] ?? '', context));
  }
  const refused = started.find((result) => result.status === 'rejected');
  if (refused) throw refused.reason;
  const processes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const addressOf = (group: number): string => String(processes[group]?.[0]?.attributes()['address']);
  const udp = processes[2]?.[0]?.attributes()['udp'];
  return { all: processes.flat(), queryUrl: addressOf(0), ingestUrl: addressOf(2), udpUrl: typeof udp === 'string' ? udp : null };
};

export const startSystem = async (context: SystemContext): Promise<RunningSystem> => {
  const { options, settings, environment } = context;
  await using starting = new AsyncDisposableStack();
  const { port, queryPort } = await demandPorts(options, settings.host);
  const { data } = options;
  const onLine = (line: ProcessLine): void => context.showLine('PostgreSQL', line);
  const { processors } = context;
  const connections = countConnections({ ...settings, ...options, processors: processors.length });
  const storage = await openStorage({ ...context, data, databaseUrl: settings.databaseUrl, connections, onLine, owned: starting });
  context.signal.throwIfAborted();
  const plan = planSystem({ options, port, queryPort, processors, databaseUrl: storage.databaseUrl, environment });
  const { all, queryUrl, ingestUrl, udpUrl } = await startProcesses(plan, context, starting);
  context.signal.throwIfAborted();
  const owned = starting.move();
  return {
    storage,
    ingestUrl,
    udpUrl,
    queryUrl,
    kill: () => [...all, ...(storage.server ? [storage.server] : [])].forEach((process) => process.kill()),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
};
