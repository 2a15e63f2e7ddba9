// What is said of an error that nobody expected: one line. Where it came about in our code helps nobody who asked for something.
import { shown } from './table.ts';

export const describeUnexpected = (error: unknown): string =>
  `It broke off, by an error that nobody expected: ${reasonOf(error)}. What was asked for by then may be done: look before you ask again.`;

const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const words = error instanceof Error && error.constructor === Error && error.message !== '' ? error.message : String(error);
  return shown(words.split('\n', 1)[0]!);
};
