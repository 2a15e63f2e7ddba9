// Every connection that the server still has to give is taken, the reserved ones too. Evidence is the refusal that a newcomer gets (53300).
import { type OwnSession, openSession, tryFresh } from './session.ts';
import type { DatabaseSteps } from './steps.ts';

const tooMany = '53300';
/** More than any server of ours has. */
const most = 1000;

export const connections: DatabaseSteps<'connections'> = async (_effect, { target }) => {
  const fresh = async (event: string, is: (code: string | null) => boolean, taken: number) => {
    const code = await tryFresh(target.databaseUrl, 'select 1');
    const observed = `with ${taken} taken, a new session ${code === null ? 'is let in' : `is refused (${code})`}`;
    return { is: is(code), source: 'postgresql', observed, data: { event, code, taken } };
  };
  let taken: readonly OwnSession[] = [];
  return {
    inject: async () => {
      taken = await takeAll(target.databaseUrl);
      return {
        [Symbol.asyncDispose]: async () => {
          await Promise.all(taken.map((session) => session[Symbol.asyncDispose]()));
          taken = [];
        },
      };
    },
    look: () => fresh('used-up', (code) => code === tooMany, taken.length),
    lookAfter: () => fresh('healed', (code) => code === null, 0),
  };
};

/** How often in a row the server may be too slow with a session. */
const mostSlow = 5;

const takeAll = async (url: string): Promise<readonly OwnSession[]> => {
  const taken: OwnSession[] = [];
  let slow = 0;
  while (taken.length < most) {
    try {
      taken.push(await openSession(url));
      slow = 0;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === tooMany) return taken;
      // Without a code the server did not answer in time: it may still have room.
      slow += 1;
      if (code === undefined && slow < mostSlow) continue;
      await Promise.all(taken.map((session) => session[Symbol.asyncDispose]()));
      throw error;
    }
  }
  return taken;
};
