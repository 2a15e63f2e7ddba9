// What ingest counts of the datagrams that reach it, as each process says it just now; and what of it does not yet stand in the books.
import type { Pool } from 'pg';
import { explain, HarnessError } from '../../engine/errors.ts';
import type { DatagramsSeen } from '../target.ts';

type Counts = {
  readonly received: number;
  readonly unread: number;
  readonly displaced: number;
  readonly inHands: number;
  readonly queueBytes: number;
};

const answerWithinMs = 2000;

/** `admin`: the port of one process alone. */
const countsAt = async (admin: string): Promise<Counts> => {
  const answer = await fetch(`${admin}/health`, { signal: AbortSignal.timeout(answerWithinMs) });
  const { datagrams } = (await answer.json()) as { readonly datagrams?: Counts };
  if (datagrams === undefined) throw new HarnessError('FL_TARGET_FAILED', `ingest at ${admin} takes no datagrams`);
  return datagrams;
};

export const datagramsSeenBy = async (admin: string): Promise<DatagramsSeen> => {
  const { received, unread, displaced } = await countsAt(admin);
  return { received, damaged: unread, displaced };
};

/** By service.instance.id. A process that listens no more is gone: its books will not move any more. One that is there and does not say is not: what it holds is not known. */
export const pendingDatagrams = async (pool: Pool, doors: ReadonlyMap<string, string>): Promise<readonly string[]> => {
  const { rows } = await pool.query<{ door: string; received: number }>('select door, received::float8 as received from udp_doors');
  const booked = new Map(rows.map(({ door, received }) => [door, received]));
  const pending = await Promise.all(
    [...doors].map(async ([instance, admin]) => {
      try {
        return pendingAt(instance, await countsAt(admin), booked.get(instance) ?? 0);
      } catch (error) {
        return isGone(error) ? [] : [`datagrams at ${instance}, as it does not say how many: ${explain(error)}`];
      }
    }),
  );
  return pending.flat();
};

const isGone = (error: unknown): boolean => ((error as Error).cause as { readonly code?: unknown } | undefined)?.code === 'ECONNREFUSED';

const pendingAt = (instance: string, { received, inHands, queueBytes }: Counts, booked: number): readonly string[] => [
  ...(inHands + queueBytes === 0 ? [] : [`${inHands} events and ${queueBytes} bytes of datagrams at ${instance}`]),
  ...(booked === received ? [] : [`${received - booked} datagrams at ${instance} that are not booked`]),
];
