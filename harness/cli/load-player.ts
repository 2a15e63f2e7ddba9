// Which driver sends a load run: the one place that knows them all.
import type { Clock } from '../engine/clock.ts';
import { HarnessError } from '../engine/errors.ts';
import { createWorkerPlayer, type Player } from '../load/play.ts';
import { startLoadWorkers } from '../load/workers.ts';
import type { LoadOptions } from './load-options.ts';

export const createPlayer = async ({ driver, processes }: LoadOptions, _folder: string, clock: Clock): Promise<Player> => {
  switch (driver) {
    case 'http':
      return createWorkerPlayer(startLoadWorkers(processes, clock), clock);
    case 'k6':
    case 'autocannon':
      throw new HarnessError('FL_USAGE', `driver ${driver} is not here yet`);
  }
};
