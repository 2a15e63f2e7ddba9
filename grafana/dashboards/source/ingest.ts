// The front doors: what is asked, what is answered and how late, what is refused and why, how full the queues are.
import { signals } from '../../../system/contract/signals.ts';
import { defineDashboard, type Row } from './dashboard.ts';
import { datagrams } from './datagrams.ts';
import { dashboardOf, linesBehind, runbookOf, tracesBehind } from './link.ts';
import { countRateOf, grownInRange, quantileOf, rateOf, sumOf, valueOf } from './metric.ts';
import { gauge, logs, stat, table, timeseries, traceList } from './panel.ts';
import * as quantity from './quantity.ts';
import { ingestRoutes, limits } from './quantity.ts';
import { asRows, atTheEnd, lines, overTime, traces } from './target.ts';
import * as trouble from './trouble.ts';
import { instance } from './variable.ts';

const toPipeline = dashboardOf('pipeline', 'Pipeline');
const requests = tracesBehind(trouble.ingestRequests, 'Traces of requests');
const failedRequests = tracesBehind(trouble.failedIngestRequests, 'Traces of failed requests');
const ingestLines = linesBehind(trouble.ingestLines);
const availability = [runbookOf('FaultlineIngestErrorBudgetBurn'), toPipeline];
const latency = [runbookOf('FaultlineIngestLatencyBudgetBurn'), toPipeline];

const routes = { ...ingestRoutes, ...quantity.chosenInstance } as const;
const ofInstance = { ...quantity.jobOf('ingest'), ...quantity.chosenInstance } as const;

const now: Row = {
  id: 100,
  title: 'Now',
  panels: [
    stat({
      id: 101,
      title: 'Requests',
      question: 'Does traffic arrive? Requests with events in a second, over the last minute.',
      unit: 'reqps',
      targets: [atTheEnd(sumOf(countRateOf(signals.httpServerDuration, routes, quantity.lastMinute)))],
      behind: [requests, ingestLines],
      onward: availability,
    }),
    stat({
      id: 102,
      title: 'Failed by us',
      question: 'Are producers turned away by our fault? Share of answers 5xx in the last minute.',
      unit: 'percentunit',
      targets: [atTheEnd(quantity.ingestFailureShare(quantity.lastMinute))],
      limits: limits.failureShare,
      behind: [failedRequests, ingestLines],
      onward: availability,
    }),
    stat({
      id: 103,
      title: 'p99',
      question: 'How long does a producer wait for its 2xx? One in a hundred of the last minute waited longer.',
      unit: 's',
      targets: [atTheEnd(quantity.ingestLatency(0.99, quantity.lastMinute))],
      limits: limits.ingestLatency,
      behind: [requests, ingestLines],
      onward: latency,
    }),
    gauge({
      id: 104,
      title: 'Fullest queue',
      question: 'Is overload near? Bytes that wait for a commit, as a share of what the process takes before it refuses.',
      unit: 'percentunit',
      atMost: 1,
      targets: [atTheEnd(quantity.queueFill)],
      limits: limits.queueFill,
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineIngestRefusing'), toPipeline],
    }),
    stat({
      id: 105,
      title: 'Sent twice',
      question:
        'Do producers repeat themselves? Deliveries of the last minute that were answered from the dedupe window; a rise is a producer in trouble.',
      unit: 'percentunit',
      targets: [
        atTheEnd(
          `sum(${rateOf(signals.logDuplicates, {}, quantity.lastMinute)}) / (sum(${rateOf(signals.logAppended, {}, quantity.lastMinute)}) + sum(${rateOf(signals.logDuplicates, {}, quantity.lastMinute)}))`,
        ),
      ],
      limits: { orange: 0.05, red: 0.25 },
      behind: [requests, ingestLines],
      onward: availability,
    }),
    stat({
      id: 106,
      title: 'Dedupe window',
      question:
        'How many identities are remembered? Estimated rows; past its bound the table grows and appends get slower. Nothing is forgotten early.',
      unit: 'short',
      targets: [atTheEnd(sumOf(valueOf(signals.identitiesRows)))],
      limits: limits.identities,
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineIdentitiesOverBound'), toPipeline],
    }),
  ],
};

const traffic: Row = {
  id: 200,
  title: 'Requests and answers',
  panels: [
    timeseries({
      id: 201,
      title: 'Requests by status',
      question:
        'What are producers answered? Requests with events by HTTP status: 4xx is theirs, 503 is overload or storage, 500 is a defect.',
      unit: 'reqps',
      draw: 'stacked',
      targets: [overTime(quantity.requestsByStatus(routes), '{{http_response_status_code}}')],
      behind: [requests, failedRequests, ingestLines],
      onward: availability,
    }),
    timeseries({
      id: 202,
      title: 'Latency of answers 2xx',
      question: 'How long do producers wait, the median one and the unlucky ones?',
      unit: 's',
      targets: [
        overTime(quantity.ingestLatency(0.5), 'p50'),
        overTime(quantity.ingestLatency(0.99), 'p99'),
        overTime(quantity.ingestLatency(0.999), 'p99.9'),
      ],
      limits: limits.ingestLatency,
      behind: [requests, ingestLines],
      onward: latency,
    }),
    timeseries({
      id: 203,
      title: 'p99 by process',
      question: 'Is one process slow, or are all? The slowest of a hundred requests of each, whatever the answer.',
      unit: 's',
      targets: [overTime(quantileOf(0.99, signals.httpServerDuration, { by: ['instance'], matchers: routes }), '{{instance}}')],
      limits: limits.ingestLatency,
      behind: [requests, ingestLines],
      onward: latency,
    }),
  ],
};

const refusals: Row = {
  id: 300,
  title: 'Refused, and sent twice',
  panels: [
    timeseries({
      id: 301,
      title: 'Refused by reason',
      question:
        'Why is something refused? Events by error code; each code says whose fault it is and whether to try again (docs/errors.md).',
      unit: 'short',
      draw: 'stacked',
      targets: [overTime(`sum by (error_code) (${rateOf(signals.ingestRefused, ofInstance)})`, '{{error_code}}')],
      behind: [failedRequests, ingestLines],
      onward: [runbookOf('FaultlineIngestRefusing'), runbookOf('FaultlineIngestErrorBudgetBurn'), toPipeline],
    }),
    table({
      id: 302,
      title: 'Refused in this range',
      question: 'How many events were refused in all, and for what? By error code and process, over the whole time range.',
      unit: 'short',
      targets: [asRows(`sum by (error_code, instance) (${grownInRange(signals.ingestRefused, ofInstance)})`)],
      columns: { error_code: 'Code', instance: 'Process', Value: 'Events' },
      sortBy: 'Events',
      behind: [failedRequests, ingestLines],
      onward: [runbookOf('FaultlineIngestRefusing'), toPipeline],
    }),
    timeseries({
      id: 303,
      title: 'Duplicates and conflicts',
      question:
        'Who repeats, and who reuses an id for something else? Deliveries a second: the first are harmless, the second a mistake of a producer.',
      unit: 'short',
      targets: [
        overTime(sumOf(rateOf(signals.logDuplicates)), 'duplicates /s'),
        overTime(sumOf(rateOf(signals.logConflicts)), 'conflicts /s'),
      ],
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineDuplicateEffect'), toPipeline],
    }),
    timeseries({
      id: 309,
      title: 'Unlike their schema',
      question:
        'Did a producer change what it sends? Deliveries a second of which the registry of schemas had something to say: why, and what its policy made of them.',
      unit: 'short',
      draw: 'stacked',
      targets: [
        overTime(
          `sum by (faultline_schema_verdict, faultline_schema_action) (${rateOf(signals.schemaFindings, ofInstance)})`,
          '{{faultline_schema_verdict}}: {{faultline_schema_action}}',
        ),
      ],
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineSchemaViolations'), toPipeline],
    }),
    timeseries({
      id: 310,
      title: 'Age of the schemas',
      question: 'By which rules are events judged? Seconds since each process knew its copy of the registry of schemas to be current.',
      unit: 's',
      targets: [overTime(valueOf(signals.schemaRegistryAge, ofInstance), '{{instance}}')],
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineSchemaViolations'), toPipeline],
    }),
    timeseries({
      id: 304,
      title: 'Refused by tenant',
      question:
        'Who is refused? Events of each tenant by its quota, or for its share of a full queue; the first tenants by name, the rest as other.',
      unit: 'short',
      draw: 'stacked',
      targets: [
        overTime(
          `sum by (faultline_tenant, error_code) (${rateOf(signals.ingestRefused, { ...ofInstance, error_code: '=~"quota_exceeded|storage_quota_exceeded|overloaded"', faultline_tenant: '!=""' })})`,
          '{{faultline_tenant}} {{error_code}}',
        ),
      ],
      behind: [failedRequests, ingestLines],
      onward: [runbookOf('FaultlineTenantOverQuota'), toPipeline],
    }),
    timeseries({
      id: 305,
      title: 'p99 by tenant',
      question: 'Does one tenant slow another? The slowest of a hundred accepted requests of each.',
      unit: 's',
      targets: [
        overTime(
          quantileOf(0.99, signals.httpServerDuration, {
            by: ['faultline_tenant'],
            matchers: { ...routes, http_response_status_code: '=~"2.."', faultline_tenant: '!=""' },
          }),
          '{{faultline_tenant}}',
        ),
      ],
      limits: limits.ingestLatency,
      behind: [requests, ingestLines],
      onward: latency,
    }),
    timeseries({
      id: 306,
      title: 'Stored by tenant',
      question: 'Who fills the log? Bytes of events that it holds of each tenant.',
      unit: 'bytes',
      targets: [overTime(`max by (faultline_tenant) (${valueOf(signals.tenantStored)})`, '{{faultline_tenant}}')],
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineTenantOverQuota'), toPipeline],
    }),
    timeseries({
      id: 311,
      title: 'Storage quotas in use',
      question: 'Who is about to be refused for storage? The share of its quota that each tenant holds; tenants without one are not shown.',
      unit: 'percentunit',
      targets: [
        overTime(
          `max by (faultline_tenant) (${valueOf(signals.tenantStored)}) / min by (faultline_tenant) (${valueOf(signals.tenantStorageLimit)})`,
          '{{faultline_tenant}}',
        ),
      ],
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineTenantOverQuota'), toPipeline],
    }),
    timeseries({
      id: 307,
      title: 'Refused for their key',
      question:
        'Is somebody locked out, or guessing? Requests a second at both doors without a key that works, without the scope, or while nobody could tell.',
      unit: 'reqps',
      targets: [overTime(`sum by (job, error_code) (${rateOf(signals.keysRefused)})`, '{{job}} {{error_code}}')],
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineKeysRefused'), toPipeline],
    }),
    timeseries({
      id: 308,
      title: 'Age of the keys',
      question:
        'Do doors still hear of keys that were made and revoked? Seconds since each last read them; past their life (10 s by default) all are refused.',
      unit: 's',
      targets: [overTime(valueOf(signals.keysAge), '{{instance}}')],
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineKeysRefused'), toPipeline],
    }),
  ],
};

const commits: Row = {
  id: 400,
  title: 'Group commit',
  panels: [
    timeseries({
      id: 401,
      title: 'Queue and its limit',
      question: 'Does more come in than can be committed? Bytes that wait in each process; at the limit it refuses.',
      unit: 'bytes',
      targets: [
        overTime(valueOf(signals.ingestQueueSize, ofInstance), '{{instance}}'),
        overTime(`min(${valueOf(signals.ingestQueueLimit, ofInstance)})`, 'limit'),
      ],
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineIngestRefusing'), toPipeline],
    }),
    timeseries({
      id: 407,
      title: 'Disk and its budget',
      question: 'How long until nothing more is taken? Bytes that the database takes, beside the budget where one is set.',
      unit: 'bytes',
      targets: [overTime(`max(${valueOf(signals.storageSize)})`, 'used'), overTime(`min(${valueOf(signals.storageLimit)})`, 'budget')],
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineDiskBudgetNear'), toPipeline],
    }),
    timeseries({
      id: 402,
      title: 'Duration of a commit',
      question: 'Is the disk or the database slow? One group commit, statement and fsync.',
      unit: 's',
      targets: [
        overTime(quantileOf(0.5, signals.ingestFlushDuration, { matchers: ofInstance }), 'p50'),
        overTime(quantileOf(0.99, signals.ingestFlushDuration, { matchers: ofInstance }), 'p99'),
      ],
      limits: { orange: 0.05, red: 0.2 },
      behind: [requests, linesBehind(trouble.streamTroubleLines)],
      onward: latency,
    }),
    timeseries({
      id: 403,
      title: 'Events in a commit',
      question: 'Does grouping work? Few events a commit at a high rate is a queue that never fills; many is a database that is behind.',
      unit: 'short',
      targets: [
        overTime(quantileOf(0.5, signals.ingestFlushEvents, { matchers: ofInstance }), 'p50'),
        overTime(quantileOf(0.99, signals.ingestFlushEvents, { matchers: ofInstance }), 'p99'),
      ],
      behind: [requests, ingestLines],
      onward: latency,
    }),
    timeseries({
      id: 404,
      title: 'Events committed',
      question: 'How much does each process put into the stream? Events a second.',
      unit: 'short',
      draw: 'stacked',
      targets: [overTime(`sum by (instance) (${rateOf(signals.sentMessages, ofInstance)})`, '{{instance}}')],
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineIngestGone'), toPipeline],
    }),
    timeseries({
      id: 405,
      title: 'Event loop',
      question: 'Is the process itself the bottleneck? Share of time that its event loop was busy; near 1 everything waits.',
      unit: 'percentunit',
      targets: [overTime(valueOf(signals.eventLoopUtilization, ofInstance), '{{instance}}')],
      limits: limits.busy,
      behind: [requests, ingestLines],
      onward: latency,
    }),
    timeseries({
      id: 406,
      title: 'Memory',
      question: 'Does it grow without end? Resident memory of each process.',
      unit: 'bytes',
      targets: [overTime(valueOf(signals.processMemory, ofInstance), '{{instance}}')],
      limits: limits.memory,
      behind: [requests, ingestLines],
      onward: [runbookOf('FaultlineWorkerCrashLoop'), toPipeline],
    }),
  ],
};

const evidence: Row = {
  id: 500,
  title: 'Traces and logs',
  panels: [
    traceList({
      id: 501,
      title: 'Requests, the slowest first',
      question: 'What did slow requests wait for? Of the newest traces that begin at ingest, the longest first.',
      targets: [traces(trouble.ingestRequests)],
      onward: latency,
    }),
    logs({
      id: 502,
      title: 'What ingest and workers say',
      question: 'What happened around it? Lines of all severities, newest first.',
      targets: [lines(trouble.systemLines)],
      onward: availability,
    }),
  ],
};

export const ingest = defineDashboard({
  uid: 'ingest',
  title: 'Ingest',
  description: 'The front doors: what is asked, what is answered and how late, what is refused and why, how full the queues are.',
  variables: [instance('faultline-ingest')],
  rows: [now, traffic, refusals, commits, datagrams, evidence],
});
