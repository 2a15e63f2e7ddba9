// An OTLP log record as Loki 3 keeps it: a few resource attributes are the labels of its stream, everything else is structured metadata of the entry.
// Source: loki pkg/loghttp/push/otlp.go and otlplabels/labels.go, with Loki's default configuration.
import { attributeText } from '../otlp/attribute-value.ts';
import type { AttributeValue, Attributes } from '../otlp/attribute-value.ts';
import type { LogRecord } from '../otlp/read-logs.ts';

export type Labels = Readonly<Record<string, string>>;

export type LogEntry = { readonly atNano: bigint; readonly line: string; readonly metadata: Labels };

/** distributor.otlp.default_resource_attributes_as_index_labels of Loki 3. */
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

/** Loki takes the service's name from the first of these that is there. */
const serviceNameSources = [
  'container_name',
  'k8s_deployment_name',
  'k8s_statefulset_name',
  'k8s_job_name',
  'k8s_container_name',
  'k8s_pod_name',
];

export const labelName = (name: string): string => {
  const clean = name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return /^\d/.test(clean) ? `key_${clean}` : clean;
};

const addLabel = (labels: Record<string, string>, name: string, value: AttributeValue): void => {
  if (value.kind !== 'map') {
    labels[labelName(name)] = attributeText(value);
    return;
  }
  for (const [key, inner] of value.value) addLabel(labels, `${name}_${key}`, inner);
};

const labelsOf = (attributes: Attributes, wanted: (name: string) => boolean): Record<string, string> => {
  const labels: Record<string, string> = {};
  for (const [name, value] of attributes) if (wanted(name)) addLabel(labels, name, value);
  return labels;
};

export const streamLabels = (resource: Attributes): Labels => {
  const labels = labelsOf(resource, (name) => indexed.has(name));
  if ((labels['service_name'] ?? '') !== '') return labels;
  const source = serviceNameSources.find((name) => (labels[name] ?? '') !== '');
  return { ...labels, service_name: source === undefined ? 'unknown_service' : (labels[source] ?? '') };
};

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

const detectedLevel = ({ severityNumber, severityText }: LogRecord): string => {
  if (levels.includes(severityText.toLowerCase())) return severityText.toLowerCase();
  return levels[Math.floor((severityNumber - 1) / 4)] ?? 'unknown';
};

const ownMetadata = (record: LogRecord): Record<string, string> => ({
  ...(record.timeUnixNano !== 0n && record.observedTimeUnixNano !== 0n ? { observed_timestamp: String(record.observedTimeUnixNano) } : {}),
  ...(record.severityNumber > 0 ? { severity_number: String(record.severityNumber) } : {}),
  ...(record.severityText !== '' ? { severity_text: record.severityText } : {}),
  ...(record.flags > 0 ? { flags: String(record.flags) } : {}),
  ...(record.traceId !== '' ? { trace_id: record.traceId } : {}),
  ...(record.spanId !== '' ? { span_id: record.spanId } : {}),
  ...(record.eventName !== '' ? { event_name: record.eventName } : {}),
  detected_level: detectedLevel(record),
});

const scopeMetadata = ({ scope }: LogRecord): Record<string, string> => ({
  ...labelsOf(scope.attributes, () => true),
  ...(scope.name !== '' ? { scope_name: scope.name } : {}),
  ...(scope.version !== '' ? { scope_version: scope.version } : {}),
});

const timeOf = (record: LogRecord, receivedAtMs: number): bigint => {
  if (record.timeUnixNano !== 0n) return record.timeUnixNano;
  return record.observedTimeUnixNano !== 0n ? record.observedTimeUnixNano : BigInt(Math.round(receivedAtMs)) * 1_000_000n;
};

export const logEntry = (record: LogRecord, receivedAtMs: number): LogEntry => ({
  atNano: timeOf(record, receivedAtMs),
  line: attributeText(record.body),
  metadata: {
    ...labelsOf(record.resource, (name) => !indexed.has(name)),
    ...scopeMetadata(record),
    ...labelsOf(record.attributes, () => true),
    ...ownMetadata(record),
  },
});
