// What people are told of a running stack: where to look, where to ask, and what to export so that a system sends to it.
import type { RunningStack, StackEndpoints } from '../stack/running-stack.ts';

/** Name and URL, one line each; one line where one address serves all. */
export const addressLines = ({
  otlp,
  prometheus,
  tempo,
  loki,
  page,
  grafana,
}: StackEndpoints): readonly (readonly [name: string, url: string])[] => {
  const seen: readonly (readonly [string, string | undefined])[] = [
    ['dashboards', page],
    ['grafana', grafana],
  ];
  const apis: readonly (readonly [string, string])[] =
    prometheus === tempo && tempo === loki
      ? [['telemetry', `${prometheus} (OTLP in; Prometheus, Tempo and Loki query APIs out)`]]
      : [
          ['prometheus', `${prometheus} (OTLP: ${otlp.metrics})`],
          ['tempo', `${tempo} (OTLP: ${otlp.traces})`],
          ['loki', `${loki} (OTLP: ${otlp.logs})`],
        ];
  return [...apis, ...seen.flatMap(([name, url]) => (url === undefined ? [] : [[name, url] as const]))];
};

const exportLines = ({ otlp }: StackEndpoints): readonly string[] => [
  `export OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=${otlp.metrics}`,
  `export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=${otlp.traces}`,
  `export OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=${otlp.logs}`,
  'export OTEL_METRIC_EXPORT_INTERVAL=1000',
];

export const describeStack = ({ runtime, endpoints, warnings }: Pick<RunningStack, 'runtime' | 'endpoints' | 'warnings'>): string =>
  [
    ...warnings.map((warning) => `note: ${warning}`),
    `The ${runtime} telemetry stack is up:`,
    ...addressLines(endpoints).map(([name, url]) => `  ${name.padEnd(10)} ${url}`),
    'A system sends to it with these, npm start among them:',
    ...exportLines(endpoints).map((line) => `  ${line}`),
  ].join('\n');
