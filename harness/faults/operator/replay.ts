// Dead letters mended and replayed while traffic goes on, as an operator does it who is not sure that the first request arrived: each is sent twice.
import { type ReplayClaim, replayedEvent } from '../../history/replay-claims.ts';
import { replaysPerSecond } from '../../scenario/faults/operator-fault.ts';
import type { FaultContext } from '../fault.ts';
import type { Observations } from '../observations.ts';
import type { Desk } from './desk.ts';

type Job = { readonly open: number; readonly outcomes: Readonly<Record<string, number>> };

const retryingSql = `select count(*)::integer as keys from parked_keys where processor = 'timelines' and state = 'retrying'`;
const lettersSql = `select id::float8 as id from dead_letters where processor = 'timelines' order by id`;
const nowSql = `select (extract(epoch from clock_timestamp()) * 1000)::float8 as "at"`;
const all = { selection: { all: true } };
/** What makes the harness's user code fail. */
const rules = [{ op: 'remove', path: '/metadata/poison' }];

export const replay = async (desk: Desk, { target }: FaultContext, observations: Observations): Promise<boolean> => {
  const retrying = async () => (await target.query<{ keys: number }>(retryingSql))[0]!.keys;
  if (!(await desk.until('no key is being retried any more', retrying, (keys) => keys === 0))) return false;
  const letters = (await target.query<{ id: number }>(lettersSql)).map(({ id }) => id);
  if (letters.length === 0) {
    observations.add('operator', 'there is no dead letter: nothing to replay', { event: 'nothing-to-replay' });
    return false;
  }
  if (!(await askTwice(desk, { action: 'fix', fix: rules, rate_per_second: 1000, ...all }, 'a fix of all dead letters'))) return false;
  const askedAt = (await target.query<{ at: number }>(nowSql))[0]!.at;
  const isDone = await askTwice(desk, { action: 'replay', rate_per_second: replaysPerSecond, ...all }, 'a replay of all dead letters');
  const claim: ReplayClaim = { event: replayedEvent, letters, askedAt, ratePerSecond: replaysPerSecond };
  observations.add('operator', `${letters.length} dead letters were replayed`, claim);
  return isDone;
};

/** True: the second request was known to be the first, and all that was asked for is done, however it came out. */
const askTwice = async (desk: Desk, body: Readonly<Record<string, unknown>>, what: string): Promise<boolean> => {
  const request = { ...body, request_id: crypto.randomUUID() };
  const first = await desk.ask('/recovery/jobs', request, what);
  const again = await desk.ask('/recovery/jobs', request, `${what}, asked for again`);
  if (!first.isDone || !again.isDone || again.body['known'] !== true || again.body['job'] !== first.body['job']) return false;
  const look = () => desk.look<Job>(`/recovery/jobs/${Number(first.body['job'])}`);
  return desk.until(`${what} is done`, look, ({ open }) => open === 0);
};
