// What the harness says of itself while a scenario runs. Its own catalogue is out of reach from here: a test on its side holds these names to it.
import type { Signal } from './metric.ts';

const signal = <const Kind extends Signal['kind'], const Attributes extends readonly string[]>(
  kind: Kind,
  promName: string,
  attributes: Attributes,
) => ({ kind, promName, attributes }) as const;

export const harness = {
  planned: signal('counter', 'faultline_harness_planned_total', []),
  sent: signal('counter', 'faultline_harness_sent_total', []),
  done: signal('counter', 'faultline_harness_done_total', ['faultline.outcome']),
  latency: signal('histogram', 'faultline_harness_latency_seconds', []),
  phase: signal('gauge', 'faultline_harness_phase', ['faultline.phase']),
  phaseRate: signal('gauge', 'faultline_harness_phase_rate_per_second', []),
  faultsAtWork: signal('gauge', 'faultline_harness_faults', []),
  exportFailures: signal('counter', 'faultline_harness_export_failures_total', ['faultline.telemetry.signal']),
} as const;
