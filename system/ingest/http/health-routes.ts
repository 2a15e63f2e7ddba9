// /health: the process lives. /ready: it can do its work, or says why not. The same on the shared port and on the admin port.
import type { FastifyInstance } from 'fastify';
import { refuse } from '../refusal.ts';
import type { DatagramsNow } from '../udp/start-door.ts';
import { type AnswerContext, answerJson, answerRefusal } from './answer.ts';

export type HealthOptions = AnswerContext & {
  /** Resolves when the database answers; rejects with why not. */
  readonly checkStorage: () => Promise<void>;
  /** What this process counts of datagrams just now; null: it takes none. */
  readonly datagrams: (() => DatagramsNow) | null;
};

export const addHealthRoutes = (server: FastifyInstance, options: HealthOptions): void => {
  const { datagrams } = options;
  server.get('/health', (_request, reply) =>
    answerJson(reply, options, 200, { status: 'alive', ...(datagrams === null ? {} : { datagrams: datagrams() }) }),
  );
  server.get('/ready', async (_request, reply) => {
    if (options.isStopping()) return answerRefusal(reply, options, refuse('shutting_down', 'The process is stopping.'));
    const isWell = await options.checkStorage().then(
      () => true,
      () => false,
    );
    if (isWell) return answerJson(reply, options, 200, { status: 'ready' });
    // Anybody may ask: why not is told in the log, by whoever needs the database, and not here.
    return answerRefusal(reply, options, refuse('storage_unavailable', 'The database does not answer.'));
  });
};
