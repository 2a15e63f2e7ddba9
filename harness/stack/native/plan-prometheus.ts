// Prometheus: takes metrics by OTLP, evaluates the rules.
import { readyPaths } from '../local-endpoints.ts';
import { localUrl } from '../local-url.ts';
import type { NativePlace, PartPlan } from './part-plan.ts';

export type PrometheusPlace = Pick<NativePlace, 'dataFolder' | 'prometheusConfig'> & {
  readonly ports: Pick<NativePlace['ports'], 'prometheus'>;
};

export const planPrometheus = ({ ports, dataFolder, prometheusConfig }: PrometheusPlace): PartPlan => ({
  args: [
    `--config.file=${prometheusConfig}`,
    `--storage.tsdb.path=${dataFolder}`,
    '--storage.tsdb.retention.size=2GB',
    `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    '--web.enable-otlp-receiver',
    '--log.level=warn',
  ],
  env: {},
  readyUrl: localUrl(ports.prometheus) + readyPaths.prometheus,
});
