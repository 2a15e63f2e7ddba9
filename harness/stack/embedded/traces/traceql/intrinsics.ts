// TraceQL's intrinsic fields: what a span has beside its attributes. https://grafana.com/docs/tempo/latest/traceql/construct-traceql-queries/
import type { Span } from '../../otlp/read-traces.ts';
import { serviceOf } from '../trace-store.ts';
import type { Value } from './query.ts';
import type { TraceIndex } from './trace-index.ts';

type Read = (span: Span, trace: TraceIndex) => Value;

const text = (value: string | undefined): Value => (value === undefined ? { type: 'nil' } : { type: 'string', value });
const number = (value: bigint | number): Value => ({ type: 'number', value: Number(value) });
const many = (values: readonly Value[]): Value => ({ type: 'many', value: values });

const name: Read = (span) => text(span.name);
const duration: Read = (span) => number(span.endTimeUnixNano - span.startTimeUnixNano);
const status: Read = (span) => ({ type: 'status', value: span.statusCode });
const statusMessage: Read = (span) => text(span.statusMessage);
const kind: Read = (span) => ({ type: 'kind', value: span.kind });
const rootName: Read = (_span, trace) => text(trace.root?.name);
const rootService: Read = (_span, trace) => (trace.root === undefined ? { type: 'nil' } : text(serviceOf(trace.root.resource)));
const traceDuration: Read = (_span, trace) => number(trace.endNano - trace.startNano);

export const intrinsics: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['name', name],
  ['span:name', name],
  ['duration', duration],
  ['span:duration', duration],
  ['status', status],
  ['span:status', status],
  ['statusMessage', statusMessage],
  ['span:statusMessage', statusMessage],
  ['kind', kind],
  ['span:kind', kind],
  ['span:id', (span) => text(span.spanId)],
  ['span:parentID', (span) => text(span.parentSpanId)],
  ['rootName', rootName],
  ['trace:rootName', rootName],
  ['rootServiceName', rootService],
  ['trace:rootService', rootService],
  ['traceDuration', traceDuration],
  ['trace:duration', traceDuration],
  ['trace:id', (_span, trace) => text(trace.traceId)],
  ['event:name', (span) => many(span.events.map((event) => text(event.name)))],
  ['event:timeSinceStart', (span) => many(span.events.map((event) => number(event.timeUnixNano - span.startTimeUnixNano)))],
  ['link:traceID', (span) => many(span.links.map((link) => text(link.traceId)))],
  ['link:spanID', (span) => many(span.links.map((link) => text(link.spanId)))],
  ['instrumentation:name', (span) => text(span.scope.name)],
  ['instrumentation:version', (span) => text(span.scope.version)],
]);
