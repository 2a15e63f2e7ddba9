// What is kept of an error, and shown to operators.
import { classifyError, sqlStateOf } from '../../workers/error-class.ts';

/** What is wrong with the data is told by quoting it: of such an error its number alone. */
export const wordsOf = (error: unknown): string =>
  classifyError(error) === 'data' ? `SQLSTATE ${sqlStateOf(error)}, for a row or a value that it can't do` : (error as Error).message;
