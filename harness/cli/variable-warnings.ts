// A misspelt variable changes nothing, silently: it is told by name before anything starts.
import { systemVariables } from '../targets/faultline/variables.ts';
import { didYouMean } from './near-names.ts';

const parts = ['PROMETHEUS', 'TEMPO', 'LOKI', 'GRAFANA'];
const urls = [...parts, 'OTLP', 'OTLP_METRICS', 'OTLP_TRACES', 'OTLP_LOGS'];

/** Those that the harness reads, but for the ones that it sets itself. */
const harnessVariables: readonly string[] = [
  ...parts.map((part) => `FAULTLINE_${part}`),
  ...[...parts, 'TEMPO_OTLP'].map((part) => `FAULTLINE_${part}_PORT`),
  ...urls.flatMap((part) => ['URL', 'USER', 'PASSWORD', 'TOKEN', 'HEADERS'].map((kind) => `FAULTLINE_${part}_${kind}`)),
  'FAULTLINE_METRIC_INTERVAL',
  'FAULTLINE_SYSTEM_DIR',
  'FAULTLINE_K6',
  'FAULTLINE_K6_IMAGE',
  'FAULTLINE_PROMETHEUS_FOLDER',
];

const known = new Set([...harnessVariables, ...systemVariables]);

/** A sentence for each variable `FAULTLINE_…` that nothing here reads. */
export const variableWarnings = (environment: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.entries(environment)
    .filter(([name, value]) => name.startsWith('FAULTLINE_') && value !== undefined && !known.has(name))
    .map(([name]) => `the variable ${name} is set, and nothing reads it.${didYouMean(name, [...known])}`);
