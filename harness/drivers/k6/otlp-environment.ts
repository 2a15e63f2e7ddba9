// Where k6's metrics go by its OpenTelemetry output: https://grafana.com/docs/k6/latest/results-output/real-time/opentelemetry/

export type K6Metrics = {
  /** Of a receiver of metrics by OTLP over HTTP, path and all. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of its resource: what each of its series is marked with. */
  readonly attributes: Readonly<Record<string, string>>;
};

export const otlpEnvironment = ({ url, headers, attributes }: K6Metrics): Readonly<Record<string, string>> => {
  const { host, protocol, pathname } = new URL(url);
  return {
    K6_OTEL_EXPORTER_PROTOCOL: 'http/protobuf',
    K6_OTEL_HTTP_EXPORTER_ENDPOINT: host,
    K6_OTEL_HTTP_EXPORTER_INSECURE: String(protocol === 'http:'),
    K6_OTEL_HTTP_EXPORTER_URL_PATH: pathname,
    K6_OTEL_EXPORT_INTERVAL: '1s',
    K6_OTEL_METRIC_PREFIX: 'k6_',
    ...(Object.keys(headers).length === 0 ? {} : { K6_OTEL_HEADERS: listOf(headers) }),
    ...(Object.keys(attributes).length === 0 ? {} : { OTEL_RESOURCE_ATTRIBUTES: listOf(attributes) }),
  };
};

const listOf = (pairs: Readonly<Record<string, string>>): string =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join(',');
