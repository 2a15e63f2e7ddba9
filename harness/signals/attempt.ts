// A question whose failure is itself an answer: it is written down beside the question, and the check on it becomes inconclusive.
import { SignalError } from './signal-error.ts';

/** Only a SignalError is data; anything else is a defect and rejects. */
export const attempt = async <Value>(asking: Promise<Value>, none: Value): Promise<{ readonly value: Value; readonly error?: string }> => {
  try {
    return { value: await asking };
  } catch (error) {
    if (!(error instanceof SignalError)) throw error;
    return { value: none, error: error.message };
  }
};
