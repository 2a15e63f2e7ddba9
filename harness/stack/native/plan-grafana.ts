// Grafana: the dashboards and datasources of grafana/, by provisioning. Its own files (conf/, public/) lie beside the program, or where a package puts them.
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HarnessError } from '../../engine/errors.ts';
import { readyUrl } from '../local-endpoints.ts';
import { localUrl } from '../local-url.ts';
import type { PlanPart } from './part-plan.ts';

const packaged = '/usr/share/grafana';

/** The folder with conf/defaults.ini: of an unpacked archive (above bin/), or of a package. */
export const grafanaHome = (program: string, exists: (path: string) => boolean = existsSync): string => {
  const homes = [dirname(dirname(program)), packaged];
  const home = homes.find((folder) => exists(join(folder, 'conf/defaults.ini')));
  if (home !== undefined) return home;
  throw new HarnessError(
    'FL_STACK_FAILED',
    `${program} is a Grafana without its files: there is no conf/defaults.ini in ${homes.join(' or ')}; ` +
      'let FAULTLINE_GRAFANA name bin/grafana of an unpacked archive, or leave it out: --without grafana',
  );
};

export const planGrafana: PlanPart = ({ program, ports, dataFolder, configFolder, metricInterval }) => ({
  // `grafana-server` is the program alone, `grafana` has it as a command.
  args: [
    ...(basename(program) === 'grafana' ? ['server'] : []),
    `--homepath=${grafanaHome(realpathSync(program))}`,
    `--config=${join(configFolder, 'grafana.ini')}`,
  ],
  env: {
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_SERVER_HTTP_PORT: String(ports.grafana),
    GF_PATHS_DATA: dataFolder,
    GF_PATHS_LOGS: join(dataFolder, 'log'),
    GF_PATHS_PLUGINS: join(dataFolder, 'plugins'),
    GF_PATHS_PROVISIONING: join(configFolder, 'provisioning'),
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: join(configFolder, 'dashboards/pipeline.json'),
    DASHBOARDS_FOLDER: join(configFolder, 'dashboards'),
    PROMETHEUS_URL: localUrl(ports.prometheus),
    TEMPO_URL: localUrl(ports.tempo),
    LOKI_URL: localUrl(ports.loki),
    METRIC_INTERVAL: metricInterval,
  },
  readyUrl: readyUrl(ports, 'grafana'),
});
