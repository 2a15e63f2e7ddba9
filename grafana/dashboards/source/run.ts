// A run as the harness tells it: phases and faults drawn into the traffic that was planned and done, beside what the system says of the same.
import { signals } from '../../../system/contract/signals.ts';
import { defineDashboard, type Row } from './dashboard.ts';
import { harness } from './harness-signals.ts';
import { dashboardOf, linesBehind, runbookOf, tracesBehind } from './link.ts';
import { quantileOf, rateOf, sumOf, valueOf } from './metric.ts';
import { logs, stat, timeseries } from './panel.ts';
import * as quantity from './quantity.ts';
import { limits } from './quantity.ts';
import { beginsAndEnds } from './annotation.ts';
import { atTheEnd, lines, overTime } from './target.ts';
import * as trouble from './trouble.ts';

const requests = tracesBehind(trouble.ingestRequests, 'Traces of requests');
const harnessLines = linesBehind(trouble.harnessLines, 'What the harness did');
const systemLines = linesBehind(trouble.systemLines, 'What the system said');
const onward = [dashboardOf('pipeline', 'Pipeline')];

const now: Row = {
  id: 100,
  title: 'Now',
  panels: [
    stat({
      id: 101,
      title: 'Phase',
      question: 'Where is the run? The phase of the moment, by the plan; no data before the traffic begins and when all has drained.',
      unit: 'none',
      shows: 'name',
      targets: [atTheEnd(`max by (faultline_phase) (${valueOf(harness.phase)}) == 1`, '{{faultline_phase}}')],
      behind: [harnessLines],
      onward,
    }),
    stat({
      id: 102,
      title: 'Faults at work',
      question: 'Is something broken on purpose right now? Faults that were injected and are not healed.',
      unit: 'short',
      targets: [atTheEnd(sumOf(valueOf(harness.faultsAtWork)))],
      limits: { orange: 1 },
      behind: [harnessLines, systemLines],
      onward,
    }),
    stat({
      id: 103,
      title: 'Planned',
      question: 'How much traffic is due so far? Operations whose intended time has come.',
      unit: 'short',
      targets: [atTheEnd(sumOf(valueOf(harness.planned)))],
      behind: [requests, harnessLines],
      onward,
    }),
    stat({
      id: 104,
      title: 'Done',
      question: 'How much of it was answered, or given up? Operations that ended, whatever the outcome.',
      unit: 'short',
      targets: [atTheEnd(sumOf(valueOf(harness.done)))],
      behind: [requests, harnessLines],
      onward,
    }),
    stat({
      id: 105,
      title: 'Not known to be stored',
      question: 'Of how many does the client not know? Operations without a definite answer: they may be stored or not.',
      unit: 'short',
      targets: [atTheEnd(sumOf(valueOf(harness.done, { faultline_outcome: '="unknown"' })))],
      limits: { orange: 1 },
      behind: [requests, harnessLines],
      onward: [runbookOf('FaultlineIngestErrorBudgetBurn'), ...onward],
    }),
    stat({
      id: 106,
      title: 'Telemetry of the harness lost',
      question: 'Is this page whole? Exports of the harness that failed.',
      unit: 'short',
      targets: [atTheEnd(sumOf(valueOf(harness.exportFailures)))],
      limits: { orange: 1 },
      behind: [harnessLines],
      onward: [runbookOf('FaultlineTelemetryExportFailing'), ...onward],
    }),
  ],
};

const traffic: Row = {
  id: 200,
  title: 'Traffic',
  panels: [
    timeseries({
      id: 201,
      title: 'Planned and done',
      question:
        'Does the load come as planned, and does the system keep up? Operations a second: of the phase by its plan, due, sent, and ended.',
      unit: 'short',
      width: 12,
      targets: [
        overTime(sumOf(valueOf(harness.phaseRate)), 'phase, by its plan'),
        overTime(sumOf(rateOf(harness.planned)), 'due'),
        overTime(sumOf(rateOf(harness.sent)), 'sent'),
        overTime(sumOf(rateOf(harness.done)), 'done'),
      ],
      behind: [requests, harnessLines],
      onward,
    }),
    timeseries({
      id: 202,
      title: 'Outcomes',
      question: 'What became of them? Operations a second by outcome: failed ones are definite, unknown ones may be stored or not.',
      unit: 'short',
      draw: 'stacked',
      width: 12,
      targets: [overTime(`sum by (faultline_outcome) (${rateOf(harness.done)})`, '{{faultline_outcome}}')],
      behind: [requests, systemLines],
      onward: [runbookOf('FaultlineIngestErrorBudgetBurn'), ...onward],
    }),
    timeseries({
      id: 203,
      title: 'Latency, from the intended time',
      question:
        'How long did a client wait that did not hold back? From the moment that the plan meant, so that a stall is not hidden by those who waited for it.',
      unit: 's',
      width: 12,
      targets: [
        overTime(quantileOf(0.5, harness.latency), 'client p50'),
        overTime(quantileOf(0.99, harness.latency), 'client p99'),
        overTime(quantity.ingestLatency(0.99), 'ingest p99, as it says'),
      ],
      limits: limits.ingestLatency,
      behind: [requests, harnessLines],
      onward: [runbookOf('FaultlineIngestLatencyBudgetBurn'), ...onward],
    }),
    timeseries({
      id: 204,
      title: 'Sent, appended, applied',
      question:
        'Do the two witnesses agree? What the client was told is stored, what the stream holds and what each processor passed, as totals: they meet when all has drained.',
      unit: 'short',
      width: 12,
      targets: [
        overTime(sumOf(valueOf(harness.done, { faultline_outcome: '="ok"' })), 'acknowledged'),
        overTime(sumOf(valueOf(signals.logAppended)), 'appended'),
        overTime(`sum by (faultline_processor) (${valueOf(signals.checkpointPosition)})`, 'passed: {{faultline_processor}}'),
      ],
      behind: [requests, systemLines],
      onward: [runbookOf('FaultlineEventsDropped'), ...onward],
    }),
  ],
};

const effect: Row = {
  id: 300,
  title: 'What it does to the system',
  panels: [
    timeseries({
      id: 301,
      title: 'Phases and faults',
      question: 'When was which phase, and how many faults were at work? A phase is 1 while it lasts; which fault it was says the mark.',
      unit: 'none',
      width: 12,
      targets: [
        overTime(`max by (faultline_phase) (${valueOf(harness.phase)})`, 'phase {{faultline_phase}}'),
        overTime(sumOf(valueOf(harness.faultsAtWork)), 'faults at work'),
      ],
      behind: [harnessLines, systemLines],
      onward,
    }),
    timeseries({
      id: 302,
      title: 'Lag',
      question: 'Do workers keep up with what is sent, and catch up after a fault? Events that each processor has not passed.',
      unit: 'short',
      width: 12,
      targets: [overTime(quantity.lagByProcessor(), '{{faultline_processor}}')],
      limits: limits.waiting,
      behind: [tracesBehind(trouble.processed, 'Traces of processing'), systemLines],
      onward: [runbookOf('FaultlineLagGrowing'), ...onward],
    }),
    logs({
      id: 304,
      title: 'What the harness did',
      question: 'What happened when, in words? Begin and end of each phase and fault, newest first.',
      targets: [lines(trouble.harnessLines)],
      onward,
    }),
  ],
};

export const run = defineDashboard({
  uid: 'run',
  title: 'Run',
  description:
    'A run as the harness tells it: phases and faults drawn into the traffic that was planned and done, beside what the system says of the same. Empty where no run exports to this stack.',
  annotations: [beginsAndEnds('Phases', 'phase', 'blue'), beginsAndEnds('Faults', 'fault', 'red')],
  rows: [now, traffic, effect],
});
