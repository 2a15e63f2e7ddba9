// Starts the server on a port, and tries again where the reason passes by itself.
import { setTimeout as delay } from 'node:timers/promises';
import { describePortOwner } from '../start/port-owner.ts';
import { findFreePort } from './free-port.ts';
import { SystemError } from '../../contract/system-error.ts';
import { ServerStartError, startServer, type Server, type ServerOptions } from './server.ts';

const portTaken = async (port: number, cause: unknown): Promise<SystemError> =>
  new SystemError(
    'FL_PORT_TAKEN',
    `Port ${port} of 127.0.0.1 is taken ${await describePortOwner(port)}. Stop it, or set FAULTLINE_POSTGRES_PORT to another port (0: any free one).`,
    { cause },
  );

const demandPort = async (port: number): Promise<void> => {
  try {
    await findFreePort(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw await portTaken(port, error);
    throw new SystemError(
      'FL_SETTINGS_INVALID',
      `Port ${port} can't be used: ${(error as Error).message}. Choose another FAULTLINE_POSTGRES_PORT.`,
      {
        cause: error,
      },
    );
  }
};

// Backends of a killed postmaster hold its shared memory until they notice, within a second or so.
const passesBySelf = (error: ServerStartError): boolean =>
  /pre-existing shared memory block|lock file .* already exists/.test(error.output);
const lostThePort = (error: ServerStartError): boolean => /could not bind|could not create any TCP/.test(error.output);

const refusalOf = async (error: ServerStartError, port: number): Promise<SystemError> =>
  lostThePort(error)
    ? await portTaken(port, error)
    : new SystemError('FL_POSTGRES_FAILED', `${error.message}. It said: ${error.output || 'nothing'}.`, { cause: error });

/** `port` 0: any free one. */
export const openServer = async (options: ServerOptions, signal: AbortSignal): Promise<Server> => {
  if (options.port !== 0) await demandPort(options.port);
  const deadline = performance.now() + options.startTimeoutMs;
  for (;;) {
    const port = options.port === 0 ? await findFreePort() : options.port;
    try {
      return await startServer({ ...options, port }, signal);
    } catch (error) {
      if (!(error instanceof ServerStartError)) throw error;
      const mayPass = passesBySelf(error) || (options.port === 0 && lostThePort(error));
      if (!mayPass || performance.now() > deadline) throw await refusalOf(error, port);
      await delay(100, undefined, { signal });
    }
  }
};
