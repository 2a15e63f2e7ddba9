// The endpoints of Prometheus, Tempo and Loki on ports of this machine, whether they are processes or containers.
import { localUrl } from './local-url.ts';
import type { StackEndpoints } from './running-stack.ts';
import type { StackPart } from './tested-versions.ts';

export type LocalPorts = Readonly<Record<StackPart | 'tempoOtlp', number>>;

export const localEndpoints = (ports: LocalPorts, parts: readonly StackPart[]): StackEndpoints => {
  const [prometheus, tempo, loki] = [localUrl(ports.prometheus), localUrl(ports.tempo), localUrl(ports.loki)];
  return {
    otlp: {
      metrics: `${prometheus}/api/v1/otlp/v1/metrics`,
      traces: `${localUrl(ports.tempoOtlp)}/v1/traces`,
      logs: `${loki}/otlp/v1/logs`,
    },
    prometheus,
    tempo,
    loki,
    ...(parts.includes('grafana') ? { grafana: localUrl(ports.grafana) } : {}),
  };
};

/** Answers 200 once the part is ready, below its base URL. */
export const readyPaths: Readonly<Record<StackPart, string>> = {
  prometheus: '/-/ready',
  tempo: '/ready',
  loki: '/ready',
  grafana: '/api/health',
};

/** Answers 200 once the part is ready. */
export const readyUrl = (ports: LocalPorts, part: StackPart): string => localUrl(ports[part]) + readyPaths[part];
