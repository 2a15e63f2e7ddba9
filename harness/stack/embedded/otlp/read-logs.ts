// ExportLogsServiceRequest -> log records.
import { readAnyValue, readAttributes } from './attribute-value.ts';
import type { AttributeValue, Attributes } from './attribute-value.ts';
import { readScope } from './read-traces.ts';
import type { Scope } from './read-traces.ts';
import { readCount, readEnum, readId, readInteger, readList, readRecord, readText } from './read-value.ts';

export type LogRecord = {
  /** 0 where the sender knew no time of its own. */
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  readonly flags: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly eventName: string;
  readonly resource: Attributes;
  readonly scope: Scope;
};

const steps = ['', '2', '3', '4'];
export const severityNames = [
  'UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) => steps.map((step) => name + step)),
];

const readRecordOf = (value: unknown, path: string, resource: Attributes, scope: Scope): LogRecord => {
  const record = readRecord(value, path);
  return {
    timeUnixNano: readInteger(record['timeUnixNano'], `${path}.timeUnixNano`),
    observedTimeUnixNano: readInteger(record['observedTimeUnixNano'], `${path}.observedTimeUnixNano`),
    severityNumber: readEnum(record['severityNumber'], severityNames, 'SEVERITY_NUMBER_', `${path}.severityNumber`),
    severityText: readText(record['severityText'], `${path}.severityText`),
    body: readAnyValue(record['body'], `${path}.body`),
    attributes: readAttributes(record['attributes'], `${path}.attributes`),
    flags: readCount(record['flags'], `${path}.flags`),
    traceId: readId(record['traceId'], 16, `${path}.traceId`),
    spanId: readId(record['spanId'], 8, `${path}.spanId`),
    eventName: readText(record['eventName'], `${path}.eventName`),
    resource,
    scope,
  };
};

/** Throws an OtlpDecodeError that names the place. */
export const readLogs = (request: unknown): readonly LogRecord[] => {
  const records: LogRecord[] = [];
  for (const [r, item] of readList(readRecord(request, '')['resourceLogs'], 'resourceLogs').entries()) {
    const path = `resourceLogs[${r}]`;
    const block = readRecord(item, path);
    const resource = readAttributes(readRecord(block['resource'], `${path}.resource`)['attributes'], `${path}.resource.attributes`);
    for (const [s, scoped] of readList(block['scopeLogs'], `${path}.scopeLogs`).entries()) {
      const scopePath = `${path}.scopeLogs[${s}]`;
      const group = readRecord(scoped, scopePath);
      const scope = readScope(group['scope'], `${scopePath}.scope`);
      for (const [i, record] of readList(group['logRecords'], `${scopePath}.logRecords`).entries()) {
        records.push(readRecordOf(record, `${scopePath}.logRecords[${i}]`, resource, scope));
      }
    }
  }
  return records;
};
