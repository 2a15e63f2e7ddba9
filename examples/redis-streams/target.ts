// What faultline has to know of the application: Redis, the door and the consumers, what is still on its way, and what the consumers did.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineTarget, type KeptEvent } from 'faultline/target';
import { createClient } from 'redis';

const program = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));
const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];

type Applied = {
  readonly id: number;
  readonly clientId: string;
  readonly system_name: string;
  readonly object_id: string;
  readonly event_name: string;
  readonly appliedAt: number;
};

const toKept = (text: string): KeptEvent => {
  const { id, clientId, system_name: systemName, object_id: objectId, event_name: eventName, appliedAt } = JSON.parse(text) as Applied;
  return { id, systemName, objectId, eventName, idempotencyKey: clientId, receivedAt: appliedAt };
};

export default defineTarget({
  name: 'redis-streams',
  offers: ['read-back', 'processes'],
  lacks: { database: 'it has no SQL', metrics: 'it exports none', leases: 'a consumer group has no leases' },
  processes: { ingest: 1, worker: 2, query: 1 },
  start: async ({ folder, processes, startProcess }) => {
    const socket = join(folder, 'redis.sock');
    const environment = { REDIS_SOCKET: socket };
    // Redis itself stands where readers are served.
    await startProcess({
      role: 'query',
      command: 'redis-server',
      args: ['--port', '0', '--unixsocket', socket, '--dir', folder, ...durable],
      ready: /ready to accept connections/i,
    });
    const client = await createClient({ socket: { path: socket, tls: false } }).connect();
    for (let index = 0; index < processes.worker; index += 1)
      await startProcess({ role: 'worker', index, args: [program('consumer'), `consumer-${index}`], environment, ready: /reads$/m });
    const listening = /listening on (http:\S+)/;
    const { address } = await startProcess({
      role: 'ingest',
      args: [program('door')],
      environment,
      portVariable: 'PORT',
      ready: listening,
    });
    return {
      url: address,
      pending: async () => {
        const [group] = await client.xInfoGroups('events');
        const [unread, open] = [Number(group?.lag ?? 0), Number(group?.pending ?? 0)];
        return [
          ...(unread > 0 ? [`${unread} entries of the stream are not yet read`] : []),
          ...(open > 0 ? [`${open} entries were read by a consumer and never acknowledged`] : []),
        ];
      },
      readBack: async function* () {
        const page = 1000;
        for (let from = 0; ; from += page) {
          const texts = await client.lRange('applied', from, from + page - 1);
          yield* texts.map(toKept);
          if (texts.length < page) return;
        }
      },
      stop: async () => client.destroy(),
    };
  },
});
