// Where a consumer stands: for those who read, and for those who list.
import type { ReadDatabase } from '../read-database.ts';
import { notFound } from '../request-problem.ts';

export type StandingLane = { readonly lane: number; readonly position: number };

const selectLanes = 'select lane, position from consumer_lanes where tenant = $1 and consumer = $2 order by lane';

/** The checkpoints of all lanes. Throws not_found. */
export const readStanding = async (database: ReadDatabase, tenant: string, consumer: string): Promise<ReadonlyMap<number, number>> => {
  const rows = await database.query<StandingLane>('SELECT consumer_lanes', selectLanes, [tenant, consumer]);
  if (rows.length === 0) throw noConsumer(consumer);
  return new Map(rows.map(({ lane, position }) => [lane, position]));
};

export const noConsumer = (consumer: string) => notFound(`There is no consumer '${consumer}'. PUT /consumers/${consumer} makes it.`);
