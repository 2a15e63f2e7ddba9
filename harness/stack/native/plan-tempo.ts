// Tempo: takes traces by OTLP on a port of its own.
import { join } from 'node:path';
import { readyUrl } from '../local-endpoints.ts';
import type { PlanPart } from './part-plan.ts';

export const planTempo: PlanPart = ({ ports, dataFolder, configFolder }) => ({
  args: [`-config.file=${join(configFolder, 'tempo/tempo.yml')}`, '-config.expand-env=true'],
  env: {
    LISTEN_ADDRESS: '127.0.0.1',
    TEMPO_PORT: String(ports.tempo),
    TEMPO_GRPC_PORT: String(ports.tempoGrpc),
    TEMPO_OTLP_PORT: String(ports.tempoOtlp),
    TEMPO_DATA: dataFolder,
  },
  readyUrl: readyUrl(ports, 'tempo'),
});
