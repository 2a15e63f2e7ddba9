// How many connections the processes of `npm start` may open, so that a PostgreSQL of our own has room for all of them.
import { operateConnections } from '../../query/create-operate-pool.ts';
import { readConnections } from '../../query/create-read-pool.ts';
import { mostExports } from '../../query/export/export-door.ts';
import { writerConnections } from '../../stream/postgres/writer-pool.ts';
import { consumeConnections, dutySessions, ownThreads, parkThreads, rebuildThreads, spareThreads, workerSessions } from '../connections.ts';

export type CountedProcesses = {
  readonly ingest: number;
  readonly workers: number;
  /** A team's own. */
  readonly processors: number;
  readonly flushers: number;
  readonly workerThreads: number;
};

/** Keys are read over one of their own. */
const keysConnections = 1;
/** Lines of imports are appended by one writer, and looked up by an index that is made over one of its own. */
const importConnections = writerConnections(1) + 1;
const queryConnections = keysConnections + readConnections + consumeConnections + mostExports + 2 * operateConnections + importConnections;

export const workerConnections = ({ workerThreads, processors }: Pick<CountedProcesses, 'workerThreads' | 'processors'>): number =>
  workerSessions.length + workerThreads + parkThreads + rebuildThreads + spareThreads + processors * (ownThreads + spareThreads);

/** Commands of operators, backups and psql. */
const forOthers = 10;
const least = 100;

/** And a worker's more: one that was killed is started again before the server has seen that it is gone. */
export const countConnections = (counted: CountedProcesses): number => {
  const ofWorkers = (counted.workers + 1) * workerConnections(counted) + dutySessions.length;
  const ofIngest = counted.ingest * (keysConnections + writerConnections(counted.flushers));
  return Math.max(least, ofWorkers + ofIngest + queryConnections + forOthers);
};
