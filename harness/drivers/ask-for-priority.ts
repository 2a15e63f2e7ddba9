// The generator must be on time while its target burns all there is.
import { constants, setPriority } from 'node:os';

/** Only a privileged user may ask for it; without it the run says how late it was. */
export const askForPriority = (): void => {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw error;
  }
};
