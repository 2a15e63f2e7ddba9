// Alerts on the telemetry itself, and the one that always fires: whoever misses it knows that all the others are silent for want of evaluation.
import { signals } from '../../../system/contract/signals.ts';
import { goneFor } from './presence.ts';
import type { Profile } from './profile.ts';
import { by, counterOf, rate, recent } from './promql.ts';
import { holding, type RuleGroup } from './rule.ts';

export const telemetryGroup = (profile: Profile): RuleGroup => ({
  name: 'faultline-telemetry',
  rules: [
    {
      alert: 'FaultlineQueryGone',
      expr: goneFor(signals.consumerReaders, profile),
      ...holding(profile.gone),
      severity: 'page',
      summary: 'No query process exports telemetry: readers most likely get no answer.',
      description: `No query process was heard for ${profile.gone.after}. Either none runs, or none reaches the telemetry.`,
      withoutTraffic: 'Traffic does not matter: an idle query process exports how many read, 0, too. No data is what it fires on.',
    },
    {
      alert: 'FaultlineTelemetryExportFailing',
      expr: `sum ${by('job', 'faultline_telemetry_signal')} (${rate(counterOf(signals.telemetryExportFailures), profile.exportFailing.over)}) > 0`,
      ...holding(profile.exportFailing),
      severity: 'ticket',
      summary: '{{ $labels.job }} cannot export its {{ $labels.faultline_telemetry_signal }}.',
      description: `Exports failed over ${profile.exportFailing.over}, for longer than a hiccup. Traces and logs of that time are lost; metrics are cumulative and catch up.`,
      withoutTraffic:
        'Traffic does not matter: exports go on without it. Where not even metrics arrive, one of the alerts on what is gone tells it.',
    },
    {
      alert: 'FaultlineWatchdog',
      expr: `group ${by()} (${recent(signals.eventLoopUtilization, profile.fresh)})`,
      severity: 'heartbeat',
      summary: 'Rules are evaluated and telemetry comes in. This alert always fires.',
      description: 'A receiver that expects it, and does not get it, knows that no other alert can be trusted.',
      withoutTraffic: 'Traffic does not matter: it fires as long as any process exports, and ends when none does.',
    },
  ],
});
