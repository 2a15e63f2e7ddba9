// The three that are compared, each started as its own README says.
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { datagramOf } from '../drivers/udp/datagram.ts';
import { HarnessError } from '../engine/errors.ts';
import type { ProcessRegistry } from '../stack/process-registry.ts';
import { spawnProcess } from '../stack/processes.ts';
import type { Candidate, Told } from './candidate.ts';

export type Place = { readonly root: string; readonly logFolder: string; readonly registry: ProcessRegistry };

const readyWithinMs = 30_000;
const answerWithinMs = 15_000;
const connections = 64;

export const candidatesIn = (place: Place): readonly Candidate[] => [udp(place), rowByRow(place), groupCommit(place)];

const keptInLog = 'select idempotency_key as id from log where idempotency_key is not null';

const postTo = (address: string) => {
  const agent = new Agent({ connections, pipelining: 1 });
  return {
    send: async (body: string): Promise<Told> => {
      const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body, dispatcher: agent } as const;
      const answer = await request(`${address}/events`, { ...options, headersTimeout: answerWithinMs, bodyTimeout: answerWithinMs });
      await answer.body.dump();
      return answer.statusCode === 200 ? 'acknowledged' : 'refused';
    },
    close: () => agent.destroy(),
  };
};

const startIngest = async ({ root, logFolder, registry }: Place, database: string, port: number, udpPort: number | null) => {
  const process_ = await spawnProcess({
    command: process.execPath,
    args: [join(root, 'system/main/ingest.ts')],
    env: {
      DATABASE_URL: database,
      FAULTLINE_PORT: String(udpPort === null ? port : 0),
      ...(udpPort === null ? {} : { FAULTLINE_UDP_PORT: String(udpPort) }),
    },
    role: 'ingest',
    logFile: join(logFolder, 'ingest.log'),
    registry,
  });
  const { attributes } = await process_.ready(readyWithinMs);
  return { process: process_, attributes };
};

const groupCommit = (place: Place): Candidate => ({
  name: 'HTTP, group commit',
  isAnswered: true,
  keptIds: keptInLog,
  lostByBooks: null,
  start: async (database, port) => {
    const started = await startIngest(place, database, port, null);
    const address = String(started.attributes['address']);
    return { process: started.process, port: Number(new URL(address).port), ...postTo(address) };
  },
});

const udp = (place: Place): Candidate => {
  let numbers = { boot: '', sent: 0 };
  return {
    name: 'UDP, group commit',
    isAnswered: false,
    keptIds: keptInLog,
    lostByBooks: `select sum(greatest(highest, marked_datagrams) - received)::float8 as lost from udp_senders where source <> ''`,
    start: async (database, port) => {
      // A new sender for a new database; one whose door was started again goes on.
      if (port === 0) numbers = { boot: crypto.randomUUID(), sent: 0 };
      const started = await startIngest(place, database, 0, port);
      const udpPort = Number(new URL(String(started.attributes['udp']).replace('udp:', 'http:')).port);
      return { process: started.process, port: udpPort, ...datagramsTo(udpPort, numbers) };
    },
  };
};
const datagramsTo = (port: number, numbers: { readonly boot: string; sent: number }) => {
  const socket = createSocket({ type: 'udp4', lookup: (_name, _options, found) => found(null, '127.0.0.1', 4) });
  return {
    send: (body: string) =>
      new Promise<Told>((resolve, reject) => {
        numbers.sent += 1;
        socket.send(datagramOf({ source: 'compare', boot: numbers.boot }, numbers.sent, [Buffer.from(body)]), port, '127.0.0.1', (error) =>
          error ? reject(error) : resolve('handed'),
        );
      }),
    close: () => new Promise<void>((resolve) => void socket.close(resolve)),
  };
};

const rowByRow = ({ root, logFolder, registry }: Place): Candidate => ({
  name: 'HTTP, one row a request',
  isAnswered: true,
  keptIds: 'select client_id as id from events where client_id is not null',
  lostByBooks: null,
  start: async (database, port) => {
    const listening = Promise.withResolvers<string>();
    const tracker = await spawnProcess({
      command: process.execPath,
      args: [join(root, 'examples/fifty-line-tracker/tracker.ts')],
      env: { DATABASE_URL: database, PORT: String(port) },
      role: 'tracker',
      logFile: join(logFolder, 'tracker.log'),
      registry,
      onLine: (line) => {
        const address = /listening on (http:\S+)/.exec(line)?.[1];
        if (address !== undefined) listening.resolve(address);
      },
    });
    void tracker.exited.then(() => listening.reject(new HarnessError('FL_TARGET_FAILED', 'the tracker ended before it listened')));
    listening.promise.catch(() => undefined);
    const address = await listening.promise;
    return { process: tracker, port: Number(new URL(address).port), ...postTo(address) };
  },
});
