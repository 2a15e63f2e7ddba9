// Logs by seed for two stores: services, levels, JSON, logfmt, packed, coloured and plain lines, good and broken, with attributes of many kinds. Pure.
import { createRandom } from '../traffic/random.ts';
import type { Random } from '../traffic/random.ts';
import type { LogVocabulary } from './logql-queries.ts';

export type SeededLogs = { readonly seed: number; readonly count: number; readonly fromMs: number; readonly toMs: number };

const paths = ['/events', '/events/batch', '/status', '/timelines/shop'];
const methods = ['GET', 'POST', 'PUT'];
const hosts = ['10.0.0.1', '10.0.7.20', '192.168.1.9', '2001:db8::1'];
const words = ['started', 'stopped', 'timeout', 'refused', 'committed', 'Über', 'retry'];
const severities = [
  [1, 'TRACE'],
  [5, 'DEBUG'],
  [9, 'INFO'],
  [10, ''],
  [13, 'WARN'],
  [17, 'ERROR'],
  [21, 'FATAL'],
  [0, ''],
] as const;

const fieldsOf = (random: Random) => ({
  method: random.pick(methods),
  path: random.pick(paths),
  status: random.pick([200, 201, 404, 409, 500, 503]),
  took: `${random.int(1, 900)}.${random.int(1, 9)}ms`,
  size: `${random.int(1, 64)}${random.pick(['KB', 'B', 'KiB', 'MB'])}`,
  lag: random.int(0, 5_000) / 16,
  host: random.pick(hosts),
});

const jsonLine = (random: Random): string => {
  const { method, path, status, took, size, lag, host } = fieldsOf(random);
  const extra = random.chance(0.3)
    ? { nested: { deep: random.pick(words), list: [random.int(1, 9), { x: 'y' }] }, none: null, ok: random.chance(0.5) }
    : {};
  const clash = random.chance(0.1) ? { service_name: 'inner', severity_text: 'inner' } : {};
  return JSON.stringify({
    method,
    path,
    status,
    took,
    size,
    lag,
    host,
    'http.version': 1.1,
    msg: `said "${random.pick(words)}"`,
    ...extra,
    ...clash,
  });
};

const logfmtLine = (random: Random): string => {
  const { method, path, status, took, size, lag, host } = fieldsOf(random);
  const odd = random.pick(['', '', '', ' empty=', ' bare', ' a=b=c', ' lvl=dbg']);
  return `method=${method} path=${path} status=${status} took=${took} size=${size} lag=${lag} host=${host} msg="it ${random.pick(words)} \\"so\\""${odd}`;
};

const plainLine = (random: Random): string => {
  const { method, path, status, took, host } = fieldsOf(random);
  return random.pick([
    `${host} - - "${method} ${path}" ${status} ${took}`,
    `${random.pick(words)}: error while ${random.pick(words)} after ${took}`,
    `\u001b[31m${random.pick(words)}\u001b[0m took ${took}`,
    `level ${random.pick(['info', 'warn', 'critical'])} ${random.pick(words)}`,
    `${random.pick(words)} of ${random.int(1, 9)}\nsecond line`,
  ]);
};

const brokenLine = (random: Random): string =>
  random.pick([
    '{"status":500,"took":',
    '{"a":tru}',
    'status=5xx took=soon lag=many size=9XB',
    'a="open',
    '',
    '   ',
    '[1,2]',
    '{"_entry":"unpacked","x":"1"}',
  ]);

const lines: Readonly<Record<string, (random: Random) => string>> = {
  api: jsonLine,
  worker: logfmtLine,
  edge: plainLine,
  mixed: (random) => random.pick([jsonLine, logfmtLine, plainLine, brokenLine])(random),
};

const attributeSets = (random: Random): readonly object[] => [
  { key: 'tenant', value: { stringValue: random.pick(['red', 'green', 'blue']) } },
  { key: 'event.count', value: { intValue: String(random.int(0, 40)) } },
  { key: 'ratio', value: { doubleValue: random.int(1, 99) / 8 } },
  ...(random.chance(0.2) ? [{ key: 'http..route', value: { stringValue: random.pick(paths) } }] : []),
  ...(random.chance(0.2) ? [{ key: 'flag', value: { boolValue: random.chance(0.5) } }] : []),
  ...(random.chance(0.1) ? [{ key: 'object', value: { kvlistValue: { values: [{ key: 'in.ner', value: { stringValue: 'v' } }] } } }] : []),
  ...(random.chance(0.1) ? [{ key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '2' }] } } }] : []),
];

const hex = (random: Random, bytes: number): string =>
  Array.from({ length: bytes }, () => random.int(0, 255).toString(16).padStart(2, '0')).join('');

/** No two at the same nanosecond: the order of such is nobody's promise. */
const recordAt = (random: Random, service: string, atNano: bigint): object => {
  const [severityNumber, severityText] = random.pick(severities);
  return {
    timeUnixNano: String(atNano),
    ...(random.chance(0.5) ? { observedTimeUnixNano: String(atNano + 1_000n) } : {}),
    severityNumber,
    severityText,
    body: { stringValue: lines[service]!(random) },
    attributes: attributeSets(random),
    ...(random.chance(0.5) ? { traceId: hex(random, 16), spanId: hex(random, 8), flags: 1 } : {}),
  };
};

const resourceOf = (service: string) => ({
  attributes: [
    { key: 'service.name', value: { stringValue: service } },
    { key: 'service.namespace', value: { stringValue: service === 'edge' ? 'outer' : 'inner' } },
    { key: 'k8s.pod.name', value: { stringValue: `${service}-0` } },
    { key: 'host.name', value: { stringValue: 'one' } },
  ],
});

/** ExportLogsServiceRequest as OTLP/JSON. */
export const seededLogs = ({ seed, count, fromMs, toMs }: SeededLogs): object => {
  const random = createRandom(seed, 'logs');
  const stepNano = (BigInt(toMs - fromMs) * 1_000_000n) / BigInt(count);
  const byService = new Map(Object.keys(lines).map((service) => [service, [] as object[]]));
  for (let index = 0; index < count; index += 1) {
    const service = random.pick([...byService.keys()]);
    const atNano = BigInt(fromMs) * 1_000_000n + BigInt(index) * stepNano + BigInt(random.int(0, 999));
    byService.get(service)!.push(recordAt(random, service, atNano));
  }
  return {
    resourceLogs: [...byService].map(([service, logRecords]) => ({
      resource: resourceOf(service),
      scopeLogs: [
        { scope: { name: 'seeded', version: '1.0', attributes: [{ key: 'scope.kind', value: { stringValue: 's' } }] }, logRecords },
      ],
    })),
  };
};

/** What there is to ask of them. */
export const seededVocabulary: LogVocabulary = {
  selectors: [
    '{service_name="api"}',
    '{service_name="worker"}',
    '{service_name="edge"}',
    '{service_name=~".+"}',
    '{service_namespace="inner"}',
    '{service_name=~"api|mixed", k8s_pod_name!="api-0"}',
  ],
  labels: {
    severity_text: ['INFO', 'ERROR', ''],
    tenant: ['red', 'green', 'none'],
    detected_level: ['info', 'warn', 'unknown'],
    host_name: ['one'],
    http_route: ['/status'],
  },
  numbers: ['event_count', 'ratio', 'severity_number'],
  words: ['error', 'timeout', 'GET', 'Über', '10.0.', '"', 'status'],
  patterns: ['<ip> - - "<method> <path>" <status> <took>', '<first>: <_> after <rest>', '<_>took <took>'],
  formats: [
    {
      selector: '{service_name="api"}',
      parser: 'json',
      texts: ['method', 'path', 'msg', 'nested_deep'],
      numbers: ['status', 'lag', 'http_version'],
      durations: ['took'],
      sizes: ['size'],
      addresses: ['host'],
    },
    {
      selector: '{service_name="worker"}',
      parser: 'logfmt',
      texts: ['method', 'path', 'msg'],
      numbers: ['status', 'lag'],
      durations: ['took'],
      sizes: ['size'],
      addresses: ['host'],
    },
    {
      selector: '{service_name="mixed"}',
      parser: 'json',
      texts: ['method', 'a'],
      numbers: ['status'],
      durations: ['took'],
      sizes: ['size'],
      addresses: ['host'],
    },
  ],
  addresses: ['10.0.0.1', '10.0.0.0/16', '192.168.1.1-192.168.1.20', '2001:db8::/32'],
};
