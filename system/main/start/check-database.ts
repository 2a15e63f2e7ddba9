// Before anything starts on a database of the user's: does it answer? The password is never printed.
import { messageOf } from '../../contract/message-of.ts';
import { SystemError } from '../../contract/system-error.ts';
import { withClient } from './with-client.ts';

/** Everything of a URL that may be shown. */
export const describeDatabase = (url: string): string => {
  const { username, host, pathname } = new URL(url);
  return `${username === '' ? '' : `${decoded(username)}@`}${host}${pathname}`;
};

/** As it is where it can't be: it is there to be recognized. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

export const reasonOf = (error: unknown): string => {
  // Several addresses of one name each give their own error.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  // The driver's own words for a URL without one.
  if (error instanceof Error && error.message.endsWith('client password must be a string'))
    return 'the server asks for a password, and the address has none';
  if (error instanceof URIError) return 'what follows a % in it is no character in UTF-8 (a % itself is %25)';
  return messageOf(error);
};

/** Returns the server's version. Rejects with FL_DATABASE_UNREACHABLE. */
export const demandDatabase = async (url: string, timeoutMs = 5000): Promise<string> => {
  const config = { connectionString: url, connectionTimeoutMillis: timeoutMs, application_name: 'faultline-start' };
  try {
    return await withClient(config, async (client) => {
      const { rows } = await client.query<{ server_version: string }>('show server_version');
      return rows[0]?.server_version ?? 'of unknown version';
    });
  } catch (error) {
    // The driver's message may hold the user's name, never the password; the URL itself is not in it.
    throw new SystemError(
      'FL_DATABASE_UNREACHABLE',
      `The database of DATABASE_URL (${describeDatabase(url)}) can't be used: ${reasonOf(error)}. Check that it runs and lets you in, or unset DATABASE_URL to use one of our own.`,
      { cause: error },
    );
  }
};
