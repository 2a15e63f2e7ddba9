// What the harness tells of itself while a scenario runs, into the same stack as the system: the catalogue of its metrics. Dashboard "Run" shows them.

export type HarnessSignal = {
  readonly name: string;
  /** UCUM, as OpenTelemetry wants it. */
  readonly unit: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly meaning: string;
  readonly attributes: readonly string[];
  /** The name after Prometheus' translation of OTLP; a histogram's without _bucket, _sum, _count. */
  readonly promName: string;
};

export const harnessSignals = {
  planned: {
    name: 'faultline.harness.planned',
    unit: '{operation}',
    kind: 'counter',
    promName: 'faultline_harness_planned_total',
    attributes: [],
    meaning: 'Operations whose intended time has come.',
  },
  sent: {
    name: 'faultline.harness.sent',
    unit: '{operation}',
    kind: 'counter',
    promName: 'faultline_harness_sent_total',
    attributes: [],
    meaning: 'Operations that the driver has handed to a connection or to the wait for one.',
  },
  done: {
    name: 'faultline.harness.done',
    unit: '{operation}',
    kind: 'counter',
    promName: 'faultline_harness_done_total',
    attributes: ['faultline.outcome'],
    meaning: 'Operations that ended: ok, failed (definite: nothing was stored) or unknown.',
  },
  latency: {
    name: 'faultline.harness.latency',
    unit: 's',
    kind: 'histogram',
    promName: 'faultline_harness_latency_seconds',
    attributes: [],
    meaning: 'Of operations that were acknowledged: from the intended time to the end of the answer.',
  },
  phase: {
    name: 'faultline.harness.phase',
    unit: '{phase}',
    kind: 'gauge',
    promName: 'faultline_harness_phase',
    attributes: ['faultline.phase'],
    meaning: '1 for the phase of the moment, 0 for the others of the scenario.',
  },
  phaseRate: {
    name: 'faultline.harness.phase.rate',
    unit: '{operation}/s',
    kind: 'gauge',
    promName: 'faultline_harness_phase_rate_per_second',
    attributes: [],
    meaning: 'Operations a second that the phase of the moment plans; 0 outside of phases with traffic.',
  },
  faultsAtWork: {
    name: 'faultline.harness.faults',
    unit: '{fault}',
    kind: 'gauge',
    promName: 'faultline_harness_faults',
    attributes: [],
    meaning: 'Faults that were injected and whose healing was not seen yet.',
  },
  exportFailures: {
    name: 'faultline.harness.export.failures',
    unit: '{export}',
    kind: 'counter',
    promName: 'faultline_harness_export_failures_total',
    attributes: ['faultline.telemetry.signal'],
    meaning: 'Exports of these signals that failed. Metrics are cumulative and log records are sent again, so that little is lost.',
  },
} as const satisfies Record<string, HarnessSignal>;

/** By this name metrics (as job) and log records (as service_name) are found. */
export const harnessService = 'faultline-harness';
