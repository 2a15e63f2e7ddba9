// faultline as a target of the commands: it can be asked for everything. Its PostgreSQL serves all scenarios of a run.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../engine/clock.ts';
import type { TargetDefinition } from '../definition.ts';
import { faultlineAlerts } from './alerts.ts';
import { faultlineMeasures } from './measures.ts';
import { startPostgres } from './postgres-server.ts';
import { faultlineSignals } from './signals.ts';
import { createFaultlineTarget } from './target.ts';

export type FaultlineDefinitionOptions = {
  /** The folder of the system's own code. */
  readonly systemFolder: string;
  readonly clock: Clock;
};

export const defineFaultline = ({ systemFolder, clock }: FaultlineDefinitionOptions): TargetDefinition => ({
  name: 'faultline',
  lacks: {},
  processes: {
    usual: { ingest: 1, worker: 2, query: 1 },
    least: { ingest: 1, worker: 1, query: 1 },
    most: { ingest: 16, worker: 16, query: 16 },
  },
  measures: faultlineMeasures,
  signals: faultlineSignals,
  alerts: faultlineAlerts,
  dashboardsFolder: fileURLToPath(new URL('../../../grafana/dashboards', import.meta.url)),
  open: async ({ registry, logFolder, signal }) => {
    const server = await startPostgres({ systemFolder, registry, logFile: join(logFolder, 'postgres.log'), signal });
    const target = createFaultlineTarget({ systemFolder, server, registry, clock });
    return { role: 'postgres', pid: server.launcherPid, target, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  },
});
