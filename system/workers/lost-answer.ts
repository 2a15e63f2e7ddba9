// A commit that was sent and whose answer never came: it was carried out, or not, and the checkpoint will say which. Whoever settles keeps until then what
// there is to tell of it, or nobody ever hears of what was done.
import { isConnectionLoss } from './error-class.ts';

const lost = new WeakSet<object>();

/** For the error of a commit alone: what is lost before that was rolled back. Throws it on. */
export const noteLostAnswer = (error: unknown): never => {
  if (isConnectionLoss(error) && typeof error === 'object' && error !== null) lost.add(error);
  throw error;
};

export const isLostAnswer = (error: unknown): boolean => typeof error === 'object' && error !== null && lost.has(error);
