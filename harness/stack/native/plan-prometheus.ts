// Prometheus: takes metrics by OTLP, evaluates the rules.
import { readyUrl } from '../local-endpoints.ts';
import type { PlanPart } from './part-plan.ts';

export const planPrometheus: PlanPart = ({ ports, dataFolder, prometheusConfig }) => ({
  args: [
    `--config.file=${prometheusConfig}`,
    `--storage.tsdb.path=${dataFolder}`,
    '--storage.tsdb.retention.size=2GB',
    `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    '--web.enable-otlp-receiver',
    '--log.level=warn',
  ],
  env: {},
  readyUrl: readyUrl(ports, 'prometheus'),
});
