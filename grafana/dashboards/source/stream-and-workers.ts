// The stream's lanes, and who works on them: what waits, how fresh results are, who owns what, what the database does.
import { signals } from '../../../system/contract/signals.ts';
import { kept } from './log-kept.ts';
import { elsewhere } from './consumers-elsewhere.ts';
import { defineDashboard, type Row } from './dashboard.ts';
import { dashboardOf, linesBehind, runbookOf, tracesBehind } from './link.ts';
import { countRateOf, grownInRange, maxOf, quantileOf, rateOf, sumOf, valueOf } from './metric.ts';
import { logs, stat, table, timeseries, traceList } from './panel.ts';
import * as quantity from './quantity.ts';
import { limits } from './quantity.ts';
import { asRows, atTheEnd, lines, overTime, traces } from './target.ts';
import * as trouble from './trouble.ts';
import { instance, processor } from './variable.ts';

const toPipeline = dashboardOf('pipeline', 'Pipeline');
const toRecovery = dashboardOf('recovery', 'Recovery');
const consumers = tracesBehind(trouble.processed, 'Traces of processing');
const failures = tracesBehind(trouble.failedProcessing, 'Traces of failures');
const rowsWritten = tracesBehind(trouble.rowsWritten, 'Traces of rows written');
const workerLines = linesBehind(trouble.workerLines);
const leaseLines = linesBehind(trouble.leaseLines, 'What leases did');
const lag = [runbookOf('FaultlineLagGrowing'), toPipeline];
const freshness = [runbookOf('FaultlineFreshnessBudgetBurn'), toPipeline];
const crash = [runbookOf('FaultlineWorkerCrashLoop'), toPipeline];

const one = quantity.chosenProcessor;
const ofInstance = { ...quantity.jobOf('worker'), ...quantity.chosenInstance } as const;
const own = { ...one, ...quantity.chosenInstance } as const;
const byLane = (expression: string): string => `sum by (faultline_processor, faultline_lane) (${expression})`;

const now: Row = {
  id: 100,
  title: 'Now',
  panels: [
    stat({
      id: 101,
      title: 'Events waiting',
      question: 'Is there a backlog? Events that the slowest of the chosen processors has not passed.',
      unit: 'short',
      targets: [atTheEnd(quantity.waiting(one))],
      limits: limits.waiting,
      behind: [consumers, workerLines],
      onward: lag,
    }),
    stat({
      id: 102,
      title: 'Oldest waits for',
      question: 'Do workers move? Age of the oldest event that no checkpoint has passed.',
      unit: 's',
      targets: [atTheEnd(quantity.oldestWait(one))],
      limits: limits.oldestWait,
      behind: [consumers, linesBehind(trouble.blockedLaneLines, 'Lanes that can not go on')],
      onward: [runbookOf('FaultlineEventsStale'), toPipeline],
    }),
    stat({
      id: 103,
      title: 'Freshness p99',
      question: 'How long until what was accepted can be queried? By processor, the slowest of a hundred in the last minute.',
      unit: 's',
      targets: [atTheEnd(quantity.freshnessBy(0.99, { matchers: one, window: quantity.lastMinute }), '{{faultline_processor}}')],
      limits: limits.freshness,
      behind: [consumers, workerLines],
      onward: freshness,
    }),
    stat({
      id: 104,
      title: 'Lanes taken over',
      question: 'Did workers die or stall? Lanes taken from an owner whose lease ran out, in this time range.',
      unit: 'short',
      targets: [atTheEnd(sumOf(grownInRange(signals.takeovers)))],
      limits: { orange: 1, red: 32 },
      behind: [leaseLines, consumers],
      onward: [runbookOf('FaultlineLeaseTakenOver'), toPipeline],
    }),
    stat({
      id: 105,
      title: 'Writes refused',
      question: 'Did a zombie try to write? Writes refused because the lane had another owner, in this time range: the fence held.',
      unit: 'short',
      targets: [atTheEnd(sumOf(grownInRange(signals.fencedWrites, one)))],
      limits: { orange: 1, red: 100 },
      behind: [leaseLines, consumers],
      onward: [runbookOf('FaultlineLeaseTakenOver'), toPipeline],
    }),
    stat({
      id: 106,
      title: 'Handler threads ended',
      question: 'Does user code hang? Threads ended past their deadline, in this time range.',
      unit: 'short',
      targets: [atTheEnd(sumOf(grownInRange(signals.handlerKills, one)))],
      limits: { orange: 1, red: 10 },
      behind: [failures, linesBehind(trouble.failureLines)],
      onward: [...crash, toRecovery],
    }),
  ],
};

const lanes: Row = {
  id: 200,
  title: 'Lanes of the stream',
  panels: [
    timeseries({
      id: 201,
      title: 'Appended by lane',
      question: 'Is one lane hot? Events a second that entered each; a hot key makes a hot lane.',
      unit: 'short',
      draw: 'stacked',
      targets: [overTime(`sum by (faultline_lane) (${rateOf(signals.logAppended)})`, 'lane {{faultline_lane}}')],
      behind: [tracesBehind(trouble.ingestRequests, 'Traces of requests'), linesBehind(trouble.ingestLines)],
      onward: lag,
    }),
    timeseries({
      id: 202,
      title: 'Lag by lane',
      question:
        'Where does it wait? Events of each lane that a processor has not passed: one lane alone is a key or an owner, all are the workers.',
      unit: 'short',
      targets: [overTime(byLane(valueOf(signals.lag, one)), '{{faultline_processor}} {{faultline_lane}}')],
      limits: limits.waiting,
      behind: [consumers, workerLines],
      onward: lag,
    }),
    timeseries({
      id: 203,
      title: 'Age of the oldest waiting',
      question: 'Since when does each processor stand still? A line that climbs by a second a second is one that does not move.',
      unit: 's',
      targets: [overTime(`max by (faultline_processor) (${valueOf(signals.lagDuration, one)})`, '{{faultline_processor}}')],
      limits: limits.oldestWait,
      behind: [consumers, linesBehind(trouble.blockedLaneLines, 'Lanes that can not go on')],
      onward: [runbookOf('FaultlineEventsStale'), toPipeline],
    }),
    table({
      id: 204,
      title: 'Lanes, now',
      question: 'How far is each lane? Its checkpoint, by processor and version.',
      unit: 'none',
      targets: [
        asRows(`sum by (faultline_processor, faultline_processor_version, faultline_lane) (${valueOf(signals.checkpointPosition, one)})`),
      ],
      columns: {
        faultline_processor: 'Processor',
        faultline_processor_version: 'Version',
        faultline_lane: 'Lane',
        Value: 'Checkpoint',
      },
      sortBy: 'Checkpoint',
      behind: [consumers, leaseLines],
      onward: lag,
    }),
    timeseries({
      id: 205,
      title: 'Applied and ignored',
      question:
        'What becomes of events? Terms of the books that grow with every event, as a rate; those that should not grow are on Recovery.',
      unit: 'short',
      targets: [
        overTime(
          `sum by (faultline_processor, faultline_outcome) (deriv(${valueOf(signals.accountingEvents, { ...one, faultline_outcome: '=~"applied|ignored"' })}[$__rate_interval]))`,
          '{{faultline_processor}} {{faultline_outcome}} /s',
        ),
      ],
      behind: [consumers, workerLines],
      onward: [runbookOf('FaultlineEventsDropped'), toRecovery],
    }),
    timeseries({
      id: 206,
      title: 'Since the effects were counted',
      question:
        'Is it known that no effect is doubled or lost? Age of the last count of the read models: it falls with each; a line that only climbs has none that succeeds.',
      unit: 's',
      targets: [overTime(maxOf(valueOf(signals.effectsAge)), 'last count')],
      limits: limits.effectsAge,
      behind: [rowsWritten, workerLines],
      onward: [runbookOf('FaultlineEffectsUncounted'), toPipeline],
    }),
  ],
};

const workers: Row = {
  id: 300,
  title: 'Workers',
  panels: [
    timeseries({
      id: 301,
      title: 'Delivered',
      question: 'Who does the work? Events a second delivered to each processor by each worker, redeliveries included.',
      unit: 'short',
      draw: 'stacked',
      targets: [
        overTime(
          `sum by (faultline_processor, instance) (${rateOf(signals.consumedMessages, own)})`,
          '{{faultline_processor}} {{instance}}',
        ),
      ],
      behind: [consumers, leaseLines],
      onward: crash,
    }),
    timeseries({
      id: 302,
      title: 'Duration of a batch',
      question: 'What does a batch cost, from delivery to commit? Slow and many is the database or the handler; slow and few is a lock.',
      unit: 's',
      targets: [
        overTime(quantileOf(0.5, signals.processDuration, { by: ['faultline_processor'], matchers: own }), '{{faultline_processor}} p50'),
        overTime(quantileOf(0.99, signals.processDuration, { by: ['faultline_processor'], matchers: own }), '{{faultline_processor}} p99'),
      ],
      limits: { orange: 0.25, red: 1 },
      behind: [consumers, rowsWritten, workerLines],
      onward: freshness,
    }),
    timeseries({
      id: 303,
      title: 'Freshness',
      question: 'How late do readers see what was accepted? From receipt to visible, by processor.',
      unit: 's',
      targets: [
        overTime(quantity.freshnessBy(0.5, { matchers: own }), '{{faultline_processor}} p50'),
        overTime(quantity.freshnessBy(0.99, { matchers: own }), '{{faultline_processor}} p99'),
      ],
      limits: limits.freshness,
      behind: [consumers, workerLines],
      onward: freshness,
    }),
    timeseries({
      id: 304,
      title: 'Failed attempts by reason',
      question:
        'Why do attempts fail? Poison by its reason, infrastructure by the class of its SQLSTATE: the latter parks nothing, it waits.',
      unit: 'short',
      draw: 'stacked',
      targets: [overTime(quantity.failuresByType(own), '{{error_type}}')],
      behind: [failures, linesBehind(trouble.failureLines)],
      onward: [runbookOf('FaultlineDeadLetterTooOld'), toRecovery],
    }),
    timeseries({
      id: 305,
      title: 'Takeovers and refused writes',
      question: 'When did lanes change hands against their owner’s will, and did the old owner try to write?',
      unit: 'short',
      targets: [
        overTime(`sum by (faultline_processor) (${rateOf(signals.takeovers)})`, 'taken over: {{faultline_processor}} /s'),
        overTime(`sum by (faultline_processor) (${rateOf(signals.fencedWrites, one)})`, 'refused: {{faultline_processor}} /s'),
      ],
      behind: [leaseLines, consumers],
      onward: [runbookOf('FaultlineLeaseTakenOver'), runbookOf('FaultlineWorkerCrashLoop'), toPipeline],
    }),
    timeseries({
      id: 306,
      title: 'Batches',
      question: 'How often do workers commit? Batches a second, by processor: few large ones under load, many small ones at rest.',
      unit: 'short',
      targets: [overTime(`sum by (faultline_processor) (${countRateOf(signals.processDuration, own)})`, '{{faultline_processor}}')],
      behind: [consumers, workerLines],
      onward: freshness,
    }),
    timeseries({
      id: 307,
      title: 'Batches with something set aside',
      question:
        'Does one key, or tenant, take more than its turn? Batches a second in which the rest of its events was set aside, to be worked off beside the lane.',
      unit: 'short',
      targets: [overTime(`sum by (faultline_processor) (${rateOf(signals.batchesSetAside, own)})`, '{{faultline_processor}}')],
      behind: [consumers, workerLines],
      onward: lag,
    }),
  ],
};

const machine: Row = {
  id: 400,
  title: 'Processes and database',
  panels: [
    timeseries({
      id: 401,
      title: 'Event loop',
      question: 'Is a worker itself the bottleneck? Share of time that its main thread was busy.',
      unit: 'percentunit',
      targets: [overTime(valueOf(signals.eventLoopUtilization, ofInstance), '{{instance}}')],
      limits: limits.busy,
      behind: [consumers, workerLines],
      onward: freshness,
    }),
    timeseries({
      id: 402,
      title: 'Memory',
      question: 'Does a process grow without end? Resident memory of each, of every kind.',
      unit: 'bytes',
      targets: [overTime(valueOf(signals.processMemory), '{{job}} {{instance}}')],
      limits: limits.memory,
      behind: [consumers, workerLines],
      onward: crash,
    }),
    timeseries({
      id: 403,
      title: 'Database operations p99',
      question: 'Which operation is slow? The slowest of a hundred of each name.',
      unit: 's',
      targets: [overTime(quantity.slowestOperations, '{{db_operation_name}}')],
      limits: limits.databaseOperation,
      behind: [rowsWritten, workerLines],
      onward: [runbookOf('FaultlineStorageFailing'), toPipeline],
    }),
    timeseries({
      id: 404,
      title: 'Connections',
      question: 'Are the pools large enough? Connections that are used and idle, and requests that wait for one.',
      unit: 'short',
      targets: [
        overTime(`sum by (job, db_client_connection_state) (${valueOf(signals.dbPoolCount)})`, '{{job}} {{db_client_connection_state}}'),
        overTime(`sum by (job) (${valueOf(signals.dbPoolPending)})`, '{{job}} waiting'),
      ],
      behind: [rowsWritten, workerLines],
      onward: [runbookOf('FaultlineStorageFailing'), toPipeline],
    }),
    timeseries({
      id: 405,
      title: 'Oldest snapshot on the database',
      question: 'Does somebody hold a snapshot open? A long one bloats the counter rows until appends crawl: find the session and end it.',
      unit: 's',
      targets: [overTime(sumOf(valueOf(signals.oldestSnapshotAge)), 'oldest snapshot')],
      limits: limits.snapshot,
      behind: [rowsWritten, workerLines],
      onward: [runbookOf('FaultlineSnapshotOld'), toPipeline],
    }),
    timeseries({
      id: 406,
      title: 'Telemetry that did not arrive',
      question:
        'Can these pages be believed? Exports a second that failed, by process and signal. Why is said on the stdout of that process alone.',
      unit: 'short',
      targets: [
        overTime(
          `sum by (job, faultline_telemetry_signal) (${rateOf(signals.telemetryExportFailures)})`,
          '{{job}} {{faultline_telemetry_signal}}',
        ),
      ],
      limits: { orange: 0.01, red: 0.5 },
      behind: [linesBehind(trouble.troubleLines, 'Warnings and errors'), consumers],
      onward: [runbookOf('FaultlineTelemetryExportFailing'), toPipeline],
    }),
  ],
};

const evidence: Row = {
  id: 500,
  title: 'Traces and logs',
  panels: [
    traceList({
      id: 501,
      title: 'Events processed, the slowest traces first',
      question: 'Where does the time go between request and row? Of the newest traces with a processed event, the longest first.',
      targets: [traces(trouble.processed)],
      width: 12,
      onward: freshness,
    }),
    logs({
      id: 502,
      title: 'What leases did',
      question: 'Who owns which lane, and how did it change? Lanes acquired, released, lost and taken over, newest first.',
      targets: [lines(trouble.leaseLines)],
      width: 12,
      onward: [runbookOf('FaultlineLeaseTakenOver'), runbookOf('FaultlineWorkersGone'), toPipeline],
    }),
  ],
};

export const streamAndWorkers = defineDashboard({
  uid: 'stream-and-workers',
  title: 'Stream and workers',
  description: 'The lanes of the stream and who works on them: what waits, how fresh results are, who owns what, what the database does.',
  variables: [processor(), instance('faultline-worker')],
  rows: [now, lanes, workers, machine, kept, elsewhere, evidence],
});
