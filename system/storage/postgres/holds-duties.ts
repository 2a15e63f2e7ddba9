// Whether the duties are still a worker's, in the snapshot in which it reads: whoever lost them reads nothing to export.
import type { Client } from 'pg';

const selectLease = `
  select from leases where processor = '_duties' and version = 0 and lane = -1 and owner = $1 and epoch = $2 and expires_at > clock_timestamp()`;

export const holdsDuties = async (client: Client, worker: string, epoch: number): Promise<boolean> =>
  (await client.query(selectLease, [worker, epoch])).rowCount === 1;
