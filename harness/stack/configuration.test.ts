// The files in grafana/ and the compose file, as people and all runtimes use them: what must hold whoever edits them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { defaultMetricLimits } from './embedded/metrics/limits.ts';
import { testedVersions } from './tested-versions.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const yaml = <Shape>(path: string): Shape => parse(read(path)) as Shape;

type Service = {
  readonly image: string;
  readonly ports: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly mem_limit?: string;
  readonly profiles?: readonly string[];
  readonly volumes: readonly string[];
};
const { services } = yaml<{ services: Readonly<Record<string, Service>> }>('docker-compose.observability.yml');

test('images are pinned to a patch of the version that was tested', () => {
  for (const [part, version] of Object.entries(testedVersions)) expect(services[part]?.image).toMatch(new RegExp(`:v?${version}\\.\\d+$`));
  for (const { image } of Object.values(services)) expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
});

test('every port is on loopback and can be changed; every part has a memory limit', () => {
  for (const { ports, mem_limit: limit } of Object.values(services)) {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{FAULTLINE_[A-Z_]+_PORT:-\d+\}:\d+$/);
    expect(limit).toBeDefined();
  }
});

test('the collector alone is optional; checks of images without a shell need none', () => {
  const optional = Object.entries(services).filter(([, { profiles }]) => profiles !== undefined);
  expect(optional.map(([name]) => name)).toEqual(['collector']);
  for (const part of ['prometheus', 'tempo', 'loki']) expect(services[part]?.healthcheck?.test[0]).toBe('CMD');
});

test('containers are given the files of this repository, which they cannot write', () => {
  for (const { volumes } of Object.values(services)) expect(volumes).toContain('./grafana:/etc/faultline:ro');
});

test('Prometheus takes OTLP in both ways to start it, with the labels and the tolerance of the embedded runtime', () => {
  expect(services['prometheus']?.command).toContain('--web.enable-otlp-receiver');
  const { otlp, storage } = yaml<{
    otlp: { promote_resource_attributes: readonly string[]; translation_strategy: string };
    storage: { tsdb: { out_of_order_time_window: string } };
  }>('grafana/prometheus/prometheus.yml');
  expect(otlp).toEqual({
    promote_resource_attributes: defaultMetricLimits.promotedAttributes,
    translation_strategy: 'UnderscoreEscapingWithSuffixes',
  });
  expect(storage.tsdb.out_of_order_time_window).toBe(`${defaultMetricLimits.outOfOrderWindowMs / 60_000}m`);
});

test('Tempo hides no new trace, Loki speaks to itself over loopback', () => {
  expect(yaml('grafana/tempo/tempo.yml')).toMatchObject({
    live_store: { fail_on_high_lag: false, wal: { ingestion_time_range_slack: '30m' } },
    query_frontend: { query_end_cutoff: '0s' },
    usage_report: { reporting_enabled: false },
  });
  expect(yaml('grafana/loki/loki.yml')).toMatchObject({
    common: { instance_interface_names: ['lo', 'lo0'], instance_addr: '127.0.0.1' },
    frontend: { address: '127.0.0.1' },
    ingester: { lifecycler: { min_ready_duration: '0s' } },
    analytics: { reporting_enabled: false },
  });
});

test('the datasources have the uids that dashboards name, and the interval of exports, as short as that of runs', () => {
  const { datasources } = yaml<{ datasources: readonly { uid: string; type: string; url: string; jsonData: Record<string, unknown> }[] }>(
    'grafana/provisioning/datasources/datasources.yml',
  );
  expect(datasources.map(({ uid, type, url }) => [uid, type, url])).toEqual([
    ['prometheus', 'prometheus', '${PROMETHEUS_URL}'],
    ['tempo', 'tempo', '${TEMPO_URL}'],
    ['loki', 'loki', '${LOKI_URL}'],
  ]);
  expect(datasources[0]?.jsonData['timeInterval']).toBe('${METRIC_INTERVAL}');
  expect(
    yaml<{ services: Record<string, { environment?: Record<string, string> }> }>('docker-compose.observability.yml').services['grafana'],
  ).toMatchObject({ environment: { METRIC_INTERVAL: '${FAULTLINE_METRIC_INTERVAL:-1s}' } });
});

test('Grafana needs no log-in and fetches nothing', () => {
  const ini = read('grafana/grafana.ini');
  for (const setting of [
    'disable_login_form = true',
    'check_for_updates = false',
    'check_for_plugin_updates = false',
    'preinstall_disabled = true',
    'news_feed_enabled = false',
    'reporting_enabled = false',
  ])
    expect(ini).toContain(`\n${setting}\n`);
});
