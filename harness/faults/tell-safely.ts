// Evidence from a database that may be away, by another fault: then it is said that nobody could tell, and why, and nothing else of the fault is lost.
import { explain } from '../engine/errors.ts';
import { waitUntil } from '../engine/wait-until.ts';
import type { Observations } from './observations.ts';

/** Asked once. null: nobody could tell. */
export const tellSafely = async <Told>(ask: () => Promise<Told | null>, what: string, observations: Observations): Promise<Told | null> => {
  const untold = (why: string): null => {
    observations.add('harness', `${what} could not be told: ${why}`, { event: 'not-asked' });
    return null;
  };
  try {
    return (await ask()) ?? untold('no answer in time');
  } catch (error) {
    return untold(explain(error));
  }
};

/** Asked until `done` holds, within the bound, of a database that may come back meanwhile. null: nobody could tell by its end. */
export const awaitRows = <Row>(
  ask: () => Promise<readonly Row[]>,
  done: (rows: readonly Row[]) => boolean,
  what: string,
  bound: Parameters<typeof waitUntil>[2],
  observations: Observations,
): Promise<readonly Row[] | null> =>
  tellSafely(
    async () => {
      let refusal: unknown = null;
      const refused = (error: unknown): null => {
        refusal = error;
        return null;
      };
      const { last } = await waitUntil(
        () => ask().catch(refused),
        (rows) => rows !== null && done(rows),
        bound,
      );
      if (last === null) throw refusal;
      return last;
    },
    what,
    observations,
  );
