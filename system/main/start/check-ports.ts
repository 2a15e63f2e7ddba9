// Before anything starts: both ports are free, or it is said who has them.
import { SystemError } from '../../contract/system-error.ts';
import { findFreePort } from '../postgres/free-port.ts';
import type { StartOptions } from './options.ts';
import { describePortOwner } from './port-owner.ts';

const refusal = async (error: NodeJS.ErrnoException, port: number, flag: string): Promise<SystemError> => {
  const cause = { cause: error };
  if (error.code === 'EADDRINUSE') {
    return new SystemError(
      'FL_PORT_TAKEN',
      `Port ${port} is taken ${await describePortOwner(port)}. Stop it, or choose another port with ${flag}.`,
      cause,
    );
  }
  return new SystemError('FL_START_FAILED', `Port ${port} can't be used: ${error.message}. Choose another with ${flag}.`, cause);
};

/** Returns the port, or a free one for 0. It may still be taken by someone faster; then the process that wants it says so. */
const demandPort = async (port: number, flag: string, host: string): Promise<number> => {
  try {
    return await findFreePort(port, host);
  } catch (error) {
    throw await refusal(error as NodeJS.ErrnoException, port, flag);
  }
};

/** Free ones where 0 was asked for. */
export const demandPorts = async (
  { port, queryPort }: Pick<StartOptions, 'port' | 'queryPort'>,
  host: string,
): Promise<Pick<StartOptions, 'port' | 'queryPort'>> => {
  // Each is free: the second process would find it taken by the first.
  if (port === queryPort && port !== 0)
    throw new SystemError(
      'FL_SETTINGS_INVALID',
      `--port and --query-port are both ${port}: give each a port of its own, or 0 for any free one.`,
    );
  return { port: await demandPort(port, '--port', host), queryPort: await demandPort(queryPort, '--query-port', host) };
};
