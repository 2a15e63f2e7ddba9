// For tests of the front door: a server on a stream in memory, and requests as they go over the wire.
import { once } from 'node:events';
import { connect } from 'node:net';
import { noKeys } from '../../access/testing.ts';
import { createIngest, type Ingest, type IngestOptions } from '../ingest.ts';
import { noIngestTelemetry } from '../telemetry.ts';
import { createFakeStream, type FakeStream } from '../testing.ts';
import { type IngestServer, type IngestServerOptions, startIngestServer } from './server.ts';

export type TestDoor = AsyncDisposable & {
  readonly server: IngestServer;
  readonly stream: FakeStream;
  readonly ingest: Ingest;
};

export const testLimits = { bodyLimitBytes: 4096, batchLimitBytes: 16_384, batchLimitEvents: 5, bodiesLimitBytes: 1_048_576 };

export const startTestDoor = async (
  change: Partial<IngestServerOptions> & Pick<Partial<IngestOptions>, 'queueLimitBytes' | 'quotas' | 'isShared'> = {},
): Promise<TestDoor> => {
  const stream = createFakeStream();
  const { queueLimitBytes = 1e6, quotas, isShared, ...options } = change;
  const ingest = createIngest({
    writer: stream,
    laneCount: 8,
    flushers: 2,
    flushEvents: 100,
    flushBytes: 1e6,
    flushLingerMs: 0,
    queueLimitBytes,
    // What waits behind a commit that a test holds back waits for as long.
    commitTimeoutMs: 60_000,
    telemetry: noIngestTelemetry,
    ...(quotas !== undefined && { quotas }),
    ...(isShared !== undefined && { isShared }),
  });
  const server = await startIngestServer({
    ...testLimits,
    ingest,
    telemetry: noIngestTelemetry,
    keys: noKeys,
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    reusePort: false,
    commitTimeoutMs: 300,
    headersTimeoutMs: 20_000,
    requestTimeoutMs: 60_000,
    tls: null,
    checkStorage: () => Promise.resolve(),
    ...options,
  });
  return { server, stream, ingest, [Symbol.asyncDispose]: () => server.stop() };
};

/** Writes each text, waiting for nothing, and gives all that came until the server closed the connection. */
export const sendRaw = async (address: string, ...texts: readonly (string | Buffer)[]): Promise<string> => {
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  for (const text of texts) socket.write(text);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
};
