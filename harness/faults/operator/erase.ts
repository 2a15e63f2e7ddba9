// Objects erased while what is parked is replayed and a version is built: the busiest one, whose events go on coming, and one that is parked.
import { HarnessError } from '../../engine/errors.ts';
import type { FaultContext } from '../fault.ts';
import type { Observations } from '../observations.ts';
import type { Desk } from './desk.ts';

type Key = { readonly systemName: string; readonly objectId: string };
type Erasure = { readonly done_at: string | null; readonly after: Readonly<Record<string, number>> | null };

const busiestSql = `select system_name as "systemName", object_id as "objectId" from events group by 1, 2 order by count(*) desc, 2 limit 1`;
const parkedSql = `select system_name as "systemName", object_id as "objectId" from dead_letters where processor = 'timelines' order by lane, position limit 1`;

export const erase = async (desk: Desk, { target }: FaultContext, observations: Observations): Promise<boolean> => {
  const keys = [...(await target.query<Key>(busiestSql)), ...(await target.query<Key>(parkedSql))];
  if (keys.length < 2)
    throw new HarnessError('FL_SCENARIO_INVALID', 'there is no busy object or none that is parked yet: nothing to erase');
  const built = await desk.ask(
    '/rebuilds',
    { read_model: 'timelines', action: 'start', same_code: true, rate_per_second: 800 },
    'a version is built',
  );
  const replay = { action: 'replay', selection: { all: true }, rate_per_second: 50 };
  const replayed = await desk.ask('/recovery/jobs', replay, 'all that is parked is replayed');
  const erasures: number[] = [];
  for (const { systemName, objectId } of keys) {
    const asked = await desk.ask('/erasures', { system_name: systemName, object_id: objectId }, 'an object is to be erased');
    if (asked.isDone) erasures.push(Number(asked.body['erasure']));
  }
  observations.add('operator', `${erasures.length} erasures`, { event: 'erasing', keys, erasures });
  const all = () => Promise.all(erasures.map((erasure) => desk.look<Erasure>(`/erasures/${erasure}`)));
  const done = await desk.until('the erasures have their proofs', all, (seen) => seen.every(({ done_at }) => done_at !== null));
  return done && built.isDone && replayed.isDone && erasures.length === keys.length;
};
