// Loads the fleet's history into one server, from a process of its own.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnProcess } from '../../../stack/processes.ts';
import type { Workshop } from '../../workshop.ts';
import type { Peer } from '../peer.ts';
import type { FromLoader, LoadedStretch, LoadJob } from './protocol.ts';

const program = fileURLToPath(new URL('process.ts', import.meta.url));

export const loadPeer = async (
  peer: Peer,
  job: Omit<LoadJob, 'url' | 'receiverPid'>,
  { registry, logFolder }: Workshop,
): Promise<readonly LoadedStretch[]> => {
  const said = Promise.withResolvers<FromLoader>();
  await using loader = await spawnProcess({
    command: process.execPath,
    args: [program],
    role: 'load',
    logFile: join(logFolder, 'load.log'),
    registry,
    pipeInput: true,
    onLine: (line) => {
      if (line.startsWith('{')) said.resolve(JSON.parse(line) as FromLoader);
    },
    failure: 'FL_DRIVER_FAILED',
  });
  void loader.exited.then(({ code, signal }) =>
    said.resolve({ type: 'failed', message: `its process ended (code ${code}, signal ${signal}) before its work was done` }),
  );
  loader.write(`${JSON.stringify({ ...job, url: peer.otlp, receiverPid: peer.pid } satisfies LoadJob)}\n`);
  const result = await said.promise;
  if (result.type === 'failed') throw new Error(`loading ${peer.name} failed: ${result.message}`);
  return result.stretches;
};
