// The dashboard to open in an incident: is the user hurt, where is it stuck, and what do the traces and logs of it say.
import { signals } from '../../../system/contract/signals.ts';
import { defineDashboard, type Row } from './dashboard.ts';
import { dashboardOf, linesBehind, runbookOf, tracesBehind } from './link.ts';
import { quantileOf, rateOf, sumOf, valueOf } from './metric.ts';
import { gauge, logs, stat, timeseries, traceList } from './panel.ts';
import * as quantity from './quantity.ts';
import { limits } from './quantity.ts';
import { atTheEnd, lines, linesCounted, overTime, traces } from './target.ts';
import * as trouble from './trouble.ts';

const toIngest = dashboardOf('ingest', 'Ingest, in detail');
const toWorkers = dashboardOf('stream-and-workers', 'Stream and workers, in detail');
const toRecovery = dashboardOf('recovery', 'Recovery');
const requests = tracesBehind(trouble.ingestRequests, 'Traces of requests');
const consumers = tracesBehind(trouble.processed, 'Traces of processing');
const troubleLines = linesBehind(trouble.troubleLines, 'Warnings and errors');
const ofQuery = quantity.jobOf('query');

const hurt: Row = {
  id: 100,
  title: 'Is the user hurt?',
  panels: [
    stat({
      id: 101,
      title: 'Requests failed by us',
      question:
        'Are producers turned away by our fault? Share of POST /events and /events/batch answered 5xx in the last minute, overload included, or left by a client that had waited too long. No traffic is said so, and is not 0.',
      unit: 'percentunit',
      targets: [atTheEnd(quantity.ingestFailureShare(quantity.lastMinute))],
      limits: limits.failureShare,
      behind: [tracesBehind(trouble.failedIngestRequests, 'Traces of failed requests'), linesBehind(trouble.streamTroubleLines)],
      onward: [runbookOf('FaultlineIngestErrorBudgetBurn'), runbookOf('FaultlineIngestRefusing'), toIngest],
    }),
    stat({
      id: 102,
      title: 'Ingest p99',
      question: 'How long does a producer wait for its 2xx? One in a hundred of the last minute waited longer than this.',
      unit: 's',
      targets: [atTheEnd(quantity.ingestLatency(0.99, quantity.lastMinute))],
      limits: limits.ingestLatency,
      behind: [requests, linesBehind(trouble.ingestLines)],
      onward: [runbookOf('FaultlineIngestLatencyBudgetBurn'), toIngest],
    }),
    stat({
      id: 103,
      title: 'Freshness p99',
      question:
        'How long until what was accepted can be queried? From receipt to visible, the slower processor, the slowest of a hundred in the last minute.',
      unit: 's',
      targets: [atTheEnd(quantity.worstFreshness(0.99, quantity.lastMinute))],
      limits: limits.freshness,
      behind: [consumers, linesBehind(trouble.workerLines)],
      onward: [runbookOf('FaultlineFreshnessBudgetBurn'), toWorkers],
    }),
    stat({
      id: 104,
      title: 'Events that vanished',
      question: 'Do the books add up? Checkpoints minus all that became of their events: anything but 0 is an event that is nowhere.',
      unit: 'short',
      targets: [atTheEnd(quantity.vanished)],
      limits: limits.never,
      behind: [consumers, linesBehind(trouble.workerLines)],
      onward: [runbookOf('FaultlineEventsDropped'), toWorkers],
    }),
    stat({
      id: 105,
      title: 'Effects twice or lost',
      question:
        'Was any event applied twice, or its effect lost? Rows of the read models minus events applied, by lane: must be 0. No data: they could not be counted.',
      unit: 'short',
      targets: [atTheEnd(quantity.wrongEffects)],
      limits: limits.never,
      behind: [tracesBehind(trouble.rowsWritten, 'Traces of rows written'), linesBehind(trouble.leaseLines, 'What leases did')],
      onward: [runbookOf('FaultlineDuplicateEffect'), runbookOf('FaultlineEffectsLost'), runbookOf('FaultlineEffectsUncounted'), toWorkers],
    }),
    stat({
      id: 106,
      title: 'Age of the books',
      question:
        'Can this page be believed? Seconds since the elected worker last read the books and said so. No data: nobody has for five minutes. What keeps it from exporting is said on its own stdout alone.',
      unit: 's',
      targets: [atTheEnd(quantity.booksAge)],
      limits: limits.booksAge,
      behind: [troubleLines, consumers],
      onward: [runbookOf('FaultlineBooksStale')],
    }),
  ],
};

const stuck: Row = {
  id: 200,
  title: 'Where is it stuck?',
  panels: [
    gauge({
      id: 201,
      title: 'Ingest queue',
      question: 'Does ingest wait for commits? The fullest queue of any ingest process, as a share of the bytes past which it refuses.',
      unit: 'percentunit',
      atMost: 1,
      targets: [atTheEnd(quantity.queueFill)],
      limits: limits.queueFill,
      behind: [requests, linesBehind(trouble.streamTroubleLines)],
      onward: [runbookOf('FaultlineIngestRefusing'), toIngest],
    }),
    stat({
      id: 202,
      title: 'Events waiting',
      question: 'Is there a backlog? Events in the stream that the slowest processor has not passed.',
      unit: 'short',
      targets: [atTheEnd(quantity.waiting())],
      limits: limits.waiting,
      behind: [consumers, linesBehind(trouble.workerLines)],
      onward: [runbookOf('FaultlineLagGrowing'), toWorkers],
    }),
    stat({
      id: 203,
      title: 'Oldest waits for',
      question:
        'Do workers move? Age of the oldest event that no checkpoint has passed; it grows by a second a second where nothing moves.',
      unit: 's',
      targets: [atTheEnd(quantity.oldestWait())],
      limits: limits.oldestWait,
      behind: [consumers, linesBehind(trouble.blockedLaneLines, 'Lanes that can not go on')],
      onward: [runbookOf('FaultlineEventsStale'), runbookOf('FaultlineLagGrowing'), toWorkers],
    }),
    stat({
      id: 204,
      title: 'Parked keys',
      question: 'Which share of trouble is about single keys? Keys that are parked or retried: their later events wait, other keys go on.',
      unit: 'short',
      targets: [atTheEnd(quantity.parkedKeys)],
      limits: limits.parkedKeys,
      behind: [tracesBehind(trouble.failedProcessing, 'Traces of failures'), linesBehind(trouble.failureLines)],
      onward: [runbookOf('FaultlineKeysParked'), toRecovery],
    }),
    stat({
      id: 205,
      title: 'Dead letters',
      question: 'Does something wait for a person? Events that no further attempt will be made for.',
      unit: 'short',
      targets: [atTheEnd(quantity.deadLetters())],
      limits: limits.deadLetters,
      behind: [tracesBehind(trouble.failedProcessing, 'Traces of failures'), linesBehind(trouble.deadLetterLines)],
      onward: [runbookOf('FaultlineDeadLettersGrowing'), runbookOf('FaultlineDeadLetterTooOld'), toRecovery],
    }),
    stat({
      id: 206,
      title: 'Processes heard',
      question:
        'Are all parts there? Processes of each kind that exported telemetry in the last minute; 0: heard in this range, and no more.',
      unit: 'short',
      targets: [
        atTheEnd(quantity.processesHeard('ingest'), 'ingest'),
        atTheEnd(quantity.processesHeard('worker'), 'workers'),
        atTheEnd(quantity.processesHeard('query'), 'query'),
      ],
      limits: { red: 1, below: true },
      behind: [linesBehind(trouble.leaseLines, 'What leases did'), troubleLines],
      onward: [
        runbookOf('FaultlineIngestGone'),
        runbookOf('FaultlineWorkersGone'),
        runbookOf('FaultlineQueryGone'),
        runbookOf('FaultlineWorkerCrashLoop'),
      ],
    }),
  ],
};

const ingestAndStream: Row = {
  id: 300,
  title: 'Ingest and stream',
  panels: [
    timeseries({
      id: 301,
      title: 'Requests by status',
      question: 'What do producers ask for, and what are they answered? Requests with events, by HTTP status.',
      unit: 'reqps',
      draw: 'stacked',
      targets: [overTime(quantity.requestsByStatus(quantity.ingestRoutes), '{{http_response_status_code}}')],
      behind: [requests, linesBehind(trouble.ingestLines)],
      onward: [runbookOf('FaultlineIngestErrorBudgetBurn'), toIngest],
    }),
    timeseries({
      id: 302,
      title: 'Ingest latency',
      question: 'Since when do producers wait longer? Median and slowest of a hundred among answers 2xx.',
      unit: 's',
      targets: [overTime(quantity.ingestLatency(0.5), 'p50'), overTime(quantity.ingestLatency(0.99), 'p99')],
      limits: limits.ingestLatency,
      behind: [requests, linesBehind(trouble.ingestLines)],
      onward: [runbookOf('FaultlineIngestLatencyBudgetBurn'), toIngest],
    }),
    timeseries({
      id: 303,
      title: 'Into the stream and out of it',
      question: 'Does as much leave the stream as enters? Events appended, and events delivered to each processor.',
      unit: 'short',
      targets: [
        overTime(sumOf(rateOf(signals.logAppended)), 'appended /s'),
        overTime(`sum by (faultline_processor) (${rateOf(signals.consumedMessages)})`, 'to {{faultline_processor}} /s'),
      ],
      behind: [requests, consumers, linesBehind(trouble.workerLines)],
      onward: [runbookOf('FaultlineLagGrowing'), toWorkers],
    }),
  ],
};

const workers: Row = {
  id: 400,
  title: 'Workers',
  panels: [
    timeseries({
      id: 401,
      title: 'Lag',
      question: 'Which processor falls behind? Events that each has not passed.',
      unit: 'short',
      targets: [overTime(quantity.lagByProcessor(), '{{faultline_processor}}')],
      limits: limits.waiting,
      behind: [consumers, linesBehind(trouble.workerLines)],
      onward: [runbookOf('FaultlineLagGrowing'), toWorkers],
    }),
    timeseries({
      id: 402,
      title: 'Freshness by processor',
      question: 'Since when, and through which processor, is what was accepted visible late?',
      unit: 's',
      targets: [overTime(quantity.freshnessBy(0.99), '{{faultline_processor}}')],
      limits: limits.freshness,
      behind: [consumers, linesBehind(trouble.workerLines)],
      onward: [runbookOf('FaultlineFreshnessBudgetBurn'), toWorkers],
    }),
    timeseries({
      id: 403,
      title: 'Failures and takeovers',
      question: 'Do handlers fail, do workers lose their lanes? Failed attempts, takeovers, refused writes and ended threads.',
      unit: 'short',
      targets: [
        overTime(sumOf(rateOf(signals.processingFailures)), 'failed attempts /s'),
        overTime(sumOf(rateOf(signals.takeovers)), 'takeovers /s'),
        overTime(sumOf(rateOf(signals.fencedWrites)), 'writes refused /s'),
        overTime(sumOf(rateOf(signals.handlerKills)), 'threads ended /s'),
      ],
      behind: [tracesBehind(trouble.failedProcessing, 'Traces of failures'), linesBehind(trouble.failureLines)],
      onward: [runbookOf('FaultlineWorkerCrashLoop'), runbookOf('FaultlineLeaseTakenOver'), toWorkers],
    }),
  ],
};

const storageAndQuery: Row = {
  id: 500,
  title: 'Storage and query',
  panels: [
    timeseries({
      id: 501,
      title: 'Database operations p99',
      question: 'Is the database slow, and for what? The slowest of a hundred operations of each name.',
      unit: 's',
      targets: [overTime(quantity.slowestOperations, '{{db_operation_name}}')],
      limits: limits.databaseOperation,
      behind: [tracesBehind(trouble.rowsWritten, 'Traces of rows written'), troubleLines],
      onward: [runbookOf('FaultlineStorageFailing'), toWorkers],
    }),
    timeseries({
      id: 502,
      title: 'Requests that wait for a connection',
      question: 'Are connections to the database the bottleneck? Waiters of each pool; more than a moment above 0 is one.',
      unit: 'short',
      targets: [
        overTime(
          `sum by (job, db_client_connection_pool_name) (${valueOf(signals.dbPoolPending)})`,
          '{{job}} {{db_client_connection_pool_name}}',
        ),
      ],
      limits: { orange: 10, red: 50 },
      behind: [tracesBehind(trouble.rowsWritten, 'Traces of rows written'), troubleLines],
      onward: [runbookOf('FaultlineStorageFailing'), toWorkers],
    }),
    timeseries({
      id: 503,
      title: 'Queries answered',
      question: 'Can readers read? Requests to the query API by status.',
      unit: 'reqps',
      draw: 'stacked',
      targets: [overTime(quantity.requestsByStatus(ofQuery), '{{http_response_status_code}}')],
      width: 4,
      behind: [tracesBehind(trouble.queries, 'Traces of queries'), linesBehind(trouble.queryLines)],
      onward: [runbookOf('FaultlineQueryGone')],
    }),
    timeseries({
      id: 504,
      title: 'Query latency p99',
      question: 'How long do readers wait? The slowest of a hundred requests to the query API, but for consumers: those wait on purpose.',
      unit: 's',
      targets: [
        overTime(quantileOf(0.99, signals.httpServerDuration, { matchers: { ...ofQuery, http_route: '!~"/consumers/.+"' } }), 'p99'),
      ],
      limits: limits.ingestLatency,
      width: 4,
      behind: [tracesBehind(trouble.queries, 'Traces of queries'), linesBehind(trouble.queryLines)],
      onward: [runbookOf('FaultlineQueryGone')],
    }),
  ],
};

const evidence: Row = {
  id: 600,
  title: 'Traces and logs of what hurts',
  panels: [
    traceList({
      id: 601,
      title: 'Requests, the slowest first',
      question:
        'What did slow requests wait for? Of the newest traces that begin at ingest, the longest first: each leads from the request to the row.',
      targets: [traces(trouble.ingestRequests)],
      width: 12,
      onward: [runbookOf('FaultlineIngestLatencyBudgetBurn'), toIngest],
    }),
    traceList({
      id: 602,
      title: 'Traces with an error',
      question: 'Where did it break? Traces with a span that failed, in any process. Empty is good.',
      targets: [traces(trouble.failedSpans)],
      width: 12,
      onward: [runbookOf('FaultlineIngestErrorBudgetBurn'), toRecovery],
    }),
    timeseries({
      id: 603,
      title: 'Log lines by severity',
      question: 'When did the logs begin to complain? Lines of all processes by severity.',
      unit: 'short',
      draw: 'bars',
      from: 'loki',
      colors: { FATAL: 'dark-red', ERROR: 'red', WARN: 'orange', INFO: 'blue', DEBUG: 'purple' },
      width: 24,
      height: 5,
      targets: [linesCounted(`sum by (severity_text) (count_over_time(${trouble.systemLines} [$__interval]))`, '{{severity_text}}')],
      behind: [linesBehind(trouble.systemLines), requests],
      onward: [runbookOf('FaultlineTelemetryExportFailing')],
    }),
    logs({
      id: 604,
      title: 'Warnings and errors',
      question:
        'What do the processes say is wrong? Lines above INFO, newest first; each has the id of its trace where there is one. Empty is good.',
      targets: [lines(trouble.troubleLines)],
      onward: [runbookOf('FaultlineWorkerCrashLoop'), toWorkers],
    }),
  ],
};

export const pipeline = defineDashboard({
  uid: 'pipeline',
  title: 'Pipeline',
  description: 'The one to open in an incident: is the user hurt, where is it stuck, and what do the traces and logs of it say.',
  rows: [hurt, stuck, ingestAndStream, workers, storageAndQuery, evidence],
});
