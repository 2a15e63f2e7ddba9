// The end of a response is told once: who comes after it has to look.
import type { ServerResponse } from 'node:http';

/** Runs once the response is closed, answered or not: at once where it is already. */
export const whenClosed = (response: ServerResponse, run: () => void): void => {
  if (response.destroyed) run();
  else response.once('close', run);
};
