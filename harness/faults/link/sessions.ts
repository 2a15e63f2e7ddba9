// The target's own sessions in its database over one link: which there are, and what became of those that were there before.
import type { RunningTarget, TargetLink } from '../../targets/target.ts';
import { harnessApplicationName } from '../../targets/database.ts';

export type SessionFate = { readonly before: number; readonly gone: number };

/** The server knows a session by the port that the proxy connected from. */
const overLinkSql = `select pid from pg_stat_activity where client_port = any($1::int[]) and application_name <> $2`;
const leftSql = `select pid from pg_stat_activity where pid = any($1::int[])`;

export const sessionsOver = async (link: TargetLink, target: RunningTarget): Promise<readonly number[]> =>
  sessionsFrom((await link.proxy.farPorts()).open, target);

const sessionsFrom = async (ports: readonly number[], target: RunningTarget): Promise<readonly number[]> =>
  (await target.query<{ pid: number }>(overLinkSql, [ports, harnessApplicationName])).map(({ pid }) => pid);

/** Of the sessions over the link in which the answer to a commit was thrown away; `from`: how many of them there were before. */
export const fateOfSwallowed = async (link: TargetLink, target: RunningTarget, from: number): Promise<SessionFate> => {
  const ports = (await link.proxy.farPorts()).swallowed.slice(from);
  return { before: ports.length, gone: ports.length - (await sessionsFrom(ports, target)).length };
};

export const fateOfSessions = async (target: RunningTarget, before: readonly number[]): Promise<SessionFate> => {
  const left = await target.query<{ pid: number }>(leftSql, [before]);
  return { before: before.length, gone: before.length - left.length };
};

/** For a link over which the target holds no session there is nothing that could be lost. */
export const areHit = ({ before, gone }: SessionFate): boolean => before === 0 || gone > 0;

export const describeSessions = ({ before, gone }: SessionFate): string => `${gone} of the target's ${before} sessions over it ended`;
