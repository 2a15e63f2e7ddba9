// Loki: takes logs by OTLP.
import { join } from 'node:path';
import { readyUrl } from '../local-endpoints.ts';
import type { PlanPart } from './part-plan.ts';

export const planLoki: PlanPart = ({ ports, dataFolder, configFolder }) => ({
  args: [`-config.file=${join(configFolder, 'loki/loki.yml')}`, '-config.expand-env=true'],
  env: {
    LISTEN_ADDRESS: '127.0.0.1',
    LOKI_PORT: String(ports.loki),
    LOKI_GRPC_PORT: String(ports.lokiGrpc),
    LOKI_DATA: dataFolder,
  },
  readyUrl: readyUrl(ports, 'loki'),
});
