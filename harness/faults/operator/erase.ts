// Objects erased while what is parked is replayed and a version is built: the busiest one, whose events go on coming, and one that is parked.
import { erasedEvent, type ErasureClaim } from '../../history/erasure-claims.ts';
import type { FaultContext } from '../fault.ts';
import type { Observations } from '../observations.ts';
import type { Desk } from './desk.ts';

/** `upTo`: of its events the last one when it was looked for; whatever is asked for after that takes them all. */
type Key = { readonly systemName: string; readonly objectId: string; readonly lane: number; readonly upTo: number };
type Asked = Key & { readonly erasure: number; readonly answeredAt: number };
type Erasure = { readonly done_at: string | null; readonly after: Readonly<Record<string, number>> | null };

const withLast = (chosen: string): string => `with chosen as (${chosen})
  select system_name as "systemName", object_id as "objectId", lane, max(position)::float8 as "upTo" from log join chosen using (system_name, object_id) group by 1, 2, 3`;
const busiestSql = withLast('select system_name, object_id from events group by 1, 2 order by count(*) desc, 2 limit 1');
const parkedSql = withLast(
  `select system_name, object_id from dead_letters where processor = 'timelines' and (system_name, object_id) <> ($1, $2) order by lane, position limit 1`,
);

export const erase = async (desk: Desk, { target, clock }: FaultContext, observations: Observations): Promise<boolean> => {
  const keys = await chooseKeys(target.query);
  if (keys.length < 2) {
    observations.add('operator', 'there is no busy object, or none that is parked yet: nothing to erase', {
      event: 'nothing-to-erase',
      keys,
    });
    return false;
  }
  const built = await desk.ask(
    '/rebuilds',
    { read_model: 'timelines', action: 'start', same_code: true, rate_per_second: 800 },
    'a version is built',
  );
  const replay = { action: 'replay', selection: { all: true }, rate_per_second: 50 };
  const replayed = await desk.ask('/recovery/jobs', replay, 'all that is parked is replayed');
  const asked: Asked[] = [];
  for (const key of keys) {
    const body = { system_name: key.systemName, object_id: key.objectId };
    const answer = await desk.ask('/erasures', body, 'an object is to be erased');
    if (answer.isDone) asked.push({ ...key, erasure: Number(answer.body['erasure']), answeredAt: clock.now() });
  }
  const all = () => Promise.all(asked.map(({ erasure }) => desk.look<Erasure>(`/erasures/${erasure}`)));
  const done = await desk.until('the erasures have their proofs', all, (seen) => seen.every(({ done_at }) => done_at !== null));
  claimErased(asked, await all(), observations);
  return done && built.isDone && replayed.isDone && asked.length === keys.length;
};

const chooseKeys = async (query: FaultContext['target']['query']): Promise<readonly Key[]> => {
  const [busiest] = await query<Key>(busiestSql);
  if (busiest === undefined) return [];
  return [busiest, ...(await query<Key>(parkedSql, [busiest.systemName, busiest.objectId]))];
};

/** What the target says is erased: the check of what is left holds it to that. */
const claimErased = (asked: readonly Asked[], seen: readonly Erasure[], observations: Observations): void => {
  for (const [index, { erasure, ...key }] of asked.entries()) {
    const isProven = (seen[index]?.done_at ?? null) !== null;
    const what = `erasure ${erasure} ${isProven ? 'has its proof' : 'has no proof yet'}`;
    observations.add('operator', what, { event: erasedEvent, ...key, isProven } satisfies ErasureClaim);
  }
};
