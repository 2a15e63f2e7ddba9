import { expect, test } from 'vitest';
import type { NativePlace } from './part-plan.ts';
import { planLoki } from './plan-loki.ts';
import { planPrometheus } from './plan-prometheus.ts';
import { planTempo } from './plan-tempo.ts';

const place: NativePlace = {
  program: '/bin/x',
  ports: { prometheus: 1, tempo: 2, loki: 3, grafana: 4, tempoOtlp: 5, tempoGrpc: 6, lokiGrpc: 7 },
  dataFolder: '/data',
  configFolder: '/grafana',
  prometheusConfig: '/run/prometheus.yml',
  metricInterval: '1s',
};

test('Prometheus takes OTLP, on loopback, with the configuration of the run', () => {
  const { args, readyUrl } = planPrometheus(place);
  expect(args).toEqual(
    expect.arrayContaining(['--config.file=/run/prometheus.yml', '--web.enable-otlp-receiver', '--web.listen-address=127.0.0.1:1']),
  );
  expect(readyUrl).toBe('http://127.0.0.1:1/-/ready');
});

test.each([
  ['TEMPO', planTempo(place), { TEMPO_PORT: '2', TEMPO_OTLP_PORT: '5', TEMPO_GRPC_PORT: '6' }],
  ['LOKI', planLoki(place), { LOKI_PORT: '3', LOKI_GRPC_PORT: '7' }],
])('%s takes its ports and its folder by variables, which its configuration expands', (name, { args, env }, ports) => {
  expect(args).toContain('-config.expand-env=true');
  expect(env).toEqual({ ...ports, LISTEN_ADDRESS: '127.0.0.1', [`${name}_DATA`]: '/data' });
});
