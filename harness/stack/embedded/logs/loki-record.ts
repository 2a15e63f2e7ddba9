// An OTLP log record as Loki 3 keeps it: a few resource attributes are the labels of its stream, everything else is structured metadata of the entry.
// Semantics: Loki's documentation of OTLP ingestion, with Loki's default configuration.
import { attributeText } from '../otlp/attribute-value.ts';
import type { AttributeValue, Attributes } from '../otlp/attribute-value.ts';
import type { LogRecord } from '../otlp/read-logs.ts';
import { detectLevel } from './detect-level.ts';

export type LogEntry = {
  readonly atNano: bigint;
  readonly line: string;
  /** Name, value, name, value …; no name twice. */
  readonly metadata: readonly string[];
};

/** distributor.otlp_config.default_resource_attributes_as_index_labels of Loki 3. */
const indexed = new Set([
  'service.name',
  'service.namespace',
  'service.instance.id',
  'deployment.environment',
  'deployment.environment.name',
  'cloud.region',
  'cloud.availability_zone',
  'k8s.cluster.name',
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.container.name',
  'container.name',
  'k8s.replicaset.name',
  'k8s.deployment.name',
  'k8s.statefulset.name',
  'k8s.daemonset.name',
  'k8s.cronjob.name',
  'k8s.job.name',
]);

/** Of discover_service_name, those that can be labels here. Without service.name, the first of them among the attributes names the service. */
const serviceNameSources = new Set(['container_name', 'k8s_container_name', 'k8s_job_name']);

/** Names come again with every record: the same text each time, made once. */
const knownNames = new Map<string, string>();
const mostKnownNames = 10_000;

/** As Loki and Prometheus translate names: what is no letter or digit becomes one line, however much of it there is. */
export const labelName = (name: string): string => {
  const known = knownNames.get(name) ?? translate(name);
  if (knownNames.size < mostKnownNames) knownNames.set(name, known);
  return known;
};

const translate = (name: string): string => {
  const reserved = /^__([^]*)__$/.exec(name);
  const clean = (reserved?.[1] ?? name).replaceAll(/[^a-zA-Z0-9]+/g, '_');
  const whole = reserved === null ? clean : `__${clean}__`;
  return /^\d/.test(whole) ? `key_${whole}` : whole;
};

type Labels = Map<string, string>;

const addLabel = (labels: Labels, name: string, value: AttributeValue): void => {
  if (value.kind !== 'map') {
    labels.set(labelName(name), attributeText(value));
    return;
  }
  for (const [key, inner] of value.value) addLabel(labels, `${name}_${key}`, inner);
};

const addAll = (labels: Labels, attributes: Attributes, wanted: (name: string) => boolean): void => {
  for (const [name, value] of attributes) if (wanted(name)) addLabel(labels, name, value);
};

export const streamLabels = (resource: Attributes): ReadonlyMap<string, string> => {
  const labels: Labels = new Map();
  addAll(labels, resource, (name) => indexed.has(name));
  if ((labels.get('service_name') ?? '') === '') {
    const source = [...labels.keys()].find((name) => serviceNameSources.has(name));
    labels.set('service_name', source === undefined ? 'unknown_service' : labels.get(source)!);
  }
  return new Map([...labels].filter(([, value]) => value !== '').sort(([left], [right]) => (left < right ? -1 : 1)));
};

const addOwn = (labels: Labels, record: LogRecord): void => {
  if (record.timeUnixNano !== 0n && record.observedTimeUnixNano !== 0n)
    labels.set('observed_timestamp', String(record.observedTimeUnixNano));
  if (record.severityNumber > 0) labels.set('severity_number', String(record.severityNumber));
  if (record.severityText !== '') labels.set('severity_text', record.severityText);
  if (record.flags > 0) labels.set('flags', String(record.flags));
  if (record.traceId !== '') labels.set('trace_id', record.traceId);
  if (record.spanId !== '') labels.set('span_id', record.spanId);
};

const addScope = (labels: Labels, { scope }: LogRecord): void => {
  addAll(labels, scope.attributes, () => true);
  if (scope.name !== '') labels.set('scope_name', scope.name);
  if (scope.version !== '') labels.set('scope_version', scope.version);
};

const timeOf = (record: LogRecord, receivedAtMs: number): bigint => {
  if (record.timeUnixNano !== 0n) return record.timeUnixNano;
  return record.observedTimeUnixNano !== 0n ? record.observedTimeUnixNano : BigInt(Math.round(receivedAtMs)) * 1_000_000n;
};

export const logEntry = (record: LogRecord, stream: ReadonlyMap<string, string>, receivedAtMs: number): LogEntry => {
  const labels: Labels = new Map();
  const line = attributeText(record.body);
  addAll(labels, record.attributes, () => true);
  addOwn(labels, record);
  addAll(labels, record.resource, (name) => !indexed.has(name));
  addScope(labels, record);
  const level = detectLevel(stream, labels, line);
  if (level !== null) labels.set('detected_level', level);
  const metadata: string[] = [];
  // A name that the stream has already gets another one; Loki does this when it is asked.
  for (const [name, value] of labels) metadata.push(stream.has(name) ? `${name}_extracted` : name, value);
  return { atNano: timeOf(record, receivedAtMs), line, metadata };
};
