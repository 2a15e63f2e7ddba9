// The target's own sessions in its database: which there are, and what became of those that were there before.
import type { RunningTarget } from '../../targets/target.ts';
import { harnessApplicationName } from '../../targets/database.ts';

export type SessionFate = { readonly before: number; readonly gone: number };

const sessionsSql = `select pid from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and application_name <> $1`;

export const sessionsOf = async (target: RunningTarget): Promise<ReadonlySet<number>> =>
  new Set((await target.query<{ pid: number }>(sessionsSql, [harnessApplicationName])).map(({ pid }) => pid));

export const fateOfSessions = async (target: RunningTarget, before: ReadonlySet<number>): Promise<SessionFate> => {
  const now = await sessionsOf(target);
  return { before: before.size, gone: [...before].filter((pid) => !now.has(pid)).length };
};

/** For a link over which the target holds no session there is nothing that could be lost. */
export const areHit = ({ before, gone }: SessionFate): boolean => before === 0 || gone > 0;

export const describeSessions = ({ before, gone }: SessionFate): string => `${gone} of the target's ${before} sessions ended`;
