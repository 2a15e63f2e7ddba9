// Wires the door for datagrams of process `ingest`, where a port is set for it.
import type { Pool } from 'pg';
import type { AccessKeys } from '../../access/access-keys.ts';
import type { Settings } from '../../contract/parse-settings.ts';
import { signals } from '../../contract/signals.ts';
import { portTaken } from '../port-taken.ts';
import type { Ingest } from '../../ingest/ingest.ts';
import type { IngestTelemetry } from '../../ingest/telemetry.ts';
import { startDatagramDoor, type StartedDoor } from '../../ingest/udp/start-door.ts';
import { createTenantOfToken } from '../../ingest/udp/tenant-of-token.ts';
import type { DatagramDoor, DoorCounts } from '../../stream/datagrams.ts';
import { createPostgresDatagramBooks } from '../../stream/postgres/datagram-books.ts';
import { errorAttributes } from '../../telemetry/error-attributes.ts';
import type { Telemetry } from '../../telemetry/start-telemetry.ts';

/** The writer is made before the door that it asks. */
export type LateDoor = DatagramDoor & { set(door: StartedDoor): void };

export const createLateDoor = (name: string): LateDoor => {
  let counts = (): DoorCounts => ({ received: 0, unread: 0, dropped: 0, inDoubt: 0, kernelDropped: 0, inHands: 0 });
  return { name, counts: () => counts(), set: (door) => void (counts = door.now) };
};

export type DatagramParts = {
  readonly settings: Settings;
  readonly pool: Pool;
  readonly ingest: Ingest;
  readonly keys: Pick<AccessKeys, 'demand' | 'known' | 'areFresh'>;
  readonly late: LateDoor;
  readonly telemetry: Telemetry;
  readonly ingestTelemetry: IngestTelemetry;
};

/** null: no port is set. */
export const startDatagrams = async (parts: DatagramParts): Promise<StartedDoor | null> => {
  const { settings, pool, ingest, keys, late, telemetry, ingestTelemetry } = parts;
  if (settings.udpPort === null) return null;
  const door = await listen(settings.udpPort, {
    host: settings.host,
    port: settings.udpPort,
    reusePort: settings.reusePort,
    receiveBufferBytes: settings.udpReceiveBufferBytes,
    queueLimitBytes: settings.udpQueueLimitBytes,
    sendersLimit: settings.udpSendersLimit,
    eventLimitBytes: settings.bodyLimitBytes,
    commitTimeoutMs: settings.commitTimeoutMs,
    ingest,
    books: createPostgresDatagramBooks(pool, late),
    tenantOf: createTenantOfToken(keys),
    refused: ingestTelemetry.refused,
    defect: (error) => ingestTelemetry.defect(error, 'the door for datagrams'),
    onBookFailure: (error) => telemetry.logger.warn('datagrams could not be booked, and will be', { ...errorAttributes(error) }),
    onLost: (error) => telemetry.logger.error('datagrams are no longer received', { ...errorAttributes(error) }),
  });
  late.set(door);
  telemetry.instruments.gauge(signals.udpQueueSize, () => door.now().queueBytes);
  telemetry.instruments.gauge(signals.udpQueueLimit, () => door.queueLimitBytes);
  if (door.receiveBufferBytes < settings.udpReceiveBufferBytes) sayLessRoom(telemetry, settings, door);
  return door;
};

const sayLessRoom = ({ logger }: Telemetry, { udpReceiveBufferBytes }: Settings, { receiveBufferBytes }: StartedDoor): void =>
  logger.warn('the kernel gave the socket less room than was asked for: raise net.core.rmem_max, or bursts are lost', {
    'faultline.udp.receive_buffer.asked': udpReceiveBufferBytes,
    'faultline.udp.receive_buffer.given': receiveBufferBytes,
  });

const listen = async (port: number, options: Parameters<typeof startDatagramDoor>[0]): Promise<StartedDoor> => {
  try {
    return await startDatagramDoor(options);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    throw portTaken({ port, host: options.host, variable: 'FAULTLINE_UDP_PORT', owner: null, mayShare: true, cause });
  }
};
