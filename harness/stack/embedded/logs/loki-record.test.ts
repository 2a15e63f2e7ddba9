import { expect, test } from 'vitest';
import { readLogs } from '../otlp/read-logs.ts';
import { labelName, logEntry, streamLabels } from './loki-record.ts';

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const read = (attributes: readonly object[], record: object = {}, scope: object = {}) => {
  const [made] = readLogs({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ scope, logRecords: [record] }] }] });
  const stream = streamLabels(made!.resource);
  const { metadata, ...entry } = logEntry(made!, stream, 5);
  const labels = Object.fromEntries(metadata.flatMap((name, index) => (index % 2 === 0 ? [[name, metadata[index + 1]]] : [])));
  return { stream: Object.fromEntries(stream), labels, ...entry };
};

test.each([
  ['http.status', 'http_status'],
  ['http..status--x', 'http_status_x'],
  ['a__b', 'a_b'],
  ['__name__', '__name__'],
  ['1st', 'key_1st'],
  ['größe', 'gr_e'],
])('%s becomes %s', (name, expected) => {
  expect(labelName(name)).toBe(expected);
});

test('some attributes of the resource are the stream, all else is metadata of the entry', () => {
  const { stream, labels } = read([text('service.name', 'shop'), text('k8s.pod.name', 'p'), text('host.name', 'h')]);
  expect(stream).toEqual({ service_name: 'shop', k8s_pod_name: 'p' });
  expect(labels).toEqual({ host_name: 'h', detected_level: 'unknown' });
});

test.each([
  [[text('container.name', 'c'), text('k8s.job.name', 'j')], 'c'],
  [[text('k8s.job.name', 'j'), text('container.name', 'c')], 'j'],
  [[text('k8s.deployment.name', 'd')], 'unknown_service'],
  [[], 'unknown_service'],
])('without service.name, %j is the service %s', (attributes, expected) => {
  expect(read(attributes).stream['service_name']).toBe(expected);
});

test('what a record says of itself, its scope and its attributes are metadata; a map is laid out', () => {
  const record = {
    timeUnixNano: '7',
    eventName: 'kept by nobody',
    observedTimeUnixNano: '8',
    severityNumber: 17,
    severityText: 'ERROR',
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    flags: 1,
    body: { stringValue: 'line' },
    attributes: [{ key: 'a.b', value: { kvlistValue: { values: [text('c.d', 'x')] } } }],
  };
  const made = read([text('service.name', 's')], record, { name: 'scope', version: '1', attributes: [text('kind', 'k')] });
  expect(made).toMatchObject({ atNano: 7n, line: 'line' });
  expect(made.labels).toEqual({
    a_b_c_d: 'x',
    observed_timestamp: '8',
    severity_number: '17',
    severity_text: 'ERROR',
    flags: '1',
    trace_id: 'a'.repeat(32),
    span_id: 'b'.repeat(16),
    kind: 'k',
    scope_name: 'scope',
    scope_version: '1',
    detected_level: 'error',
  });
});

test('metadata with the name of a label of the stream gets another name', () => {
  expect(read([text('service.name', 's')], { attributes: [text('service_name', 'x')] }).labels).toMatchObject({
    service_name_extracted: 'x',
  });
});

test.each([
  [{ severityText: 'Warning', severityNumber: 17 }, 'warn'],
  [{ severityText: 'notice' }, 'notice'],
  [{ severityNumber: 6 }, 'debug'],
  [{ attributes: [text('level', 'CRITICAL')], severityNumber: 6 }, 'critical'],
  [{ attributes: [text('detected_level', 'WRN')] }, 'warn'],
  [{ body: { stringValue: '{"a":{"level":"fatal"}}' } }, 'fatal'],
  [{ body: { stringValue: '{"a":{"b":{"level":"dbg"}}}' } }, 'unknown'],
  [{ body: { stringValue: 'x=1 lvl=dbg' } }, 'debug'],
  [{ body: { stringValue: 'an [ERROR] of one' } }, 'error'],
  [{ body: { stringValue: 'misc:error in it' } }, 'unknown'],
  [{ body: { stringValue: 'terror' } }, 'unknown'],
])('the level of %j is %s', (record, expected) => {
  expect(read([], record).labels['detected_level']).toBe(expected);
});
