// What goes wrong once something is asked for does not take it back: it is done all the same, and whoever reads the exit code must not ask for it again.
import { exitCodes } from './exit-codes.ts';
import { OpsError } from './ops-error.ts';
import type { OpsSurroundings } from './surroundings.ts';

export type Accepted = {
  /** With its number, such as `job 7`. */
  readonly name: string;
  /** The command that says how far it is. */
  readonly look: string;
  /** What is said of it; left out: that it goes on, as what workers carry out does. */
  readonly standing?: string;
};

/** The exit code of `work`, which looks how far it is; where it can't be looked at: that it is not known to be done. */
export const afterAcceptance = async (
  { name, look, standing = "was asked for, and goes on; how far it is can't be said" }: Accepted,
  { err }: Pick<OpsSurroundings, 'err'>,
  work: () => Promise<number>,
): Promise<number> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    err(`${name} ${standing}. ${error.message}\nLook at it: npm run ops -- ${look}\n`);
    return exitCodes.open;
  }
};
