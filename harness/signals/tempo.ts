// Tempo's HTTP API, from the asking side: traces by id and by TraceQL. Ids come as base64 (protobuf's JSON) or hex (OTLP/JSON); here they are hex.
import { ask, type Endpoint } from './ask.ts';
import type { SpanRecord } from './client.ts';
import { SignalError } from './signal-error.ts';

type Json = Readonly<Record<string, unknown>>;

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const hexId = (value: unknown, bytes: number): string => {
  const id = text(value);
  return id.length === bytes * 2 ? id.toLowerCase() : Buffer.from(id, 'base64').toString('hex');
};

const anyValue = (value: unknown): unknown => {
  const any = record(value);
  if (any['intValue'] !== undefined) return Number(any['intValue']);
  if (any['arrayValue'] !== undefined) return list(record(any['arrayValue'])['values']).map(anyValue);
  if (any['kvlistValue'] !== undefined) return attributesOf(record(any['kvlistValue'])['values']);
  return any['stringValue'] ?? any['boolValue'] ?? any['doubleValue'] ?? any['bytesValue'] ?? null;
};

const attributesOf = (value: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(list(value).map((pair) => [text(pair['key']), anyValue(pair['value'])]));

const kinds: readonly SpanRecord['kind'][] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];

const kindOf = (value: unknown): SpanRecord['kind'] => {
  if (typeof value === 'number') return kinds[value] ?? 'internal';
  const name = text(value)
    .replace(/^SPAN_KIND_/, '')
    .toLowerCase();
  return kinds.find((kind) => kind === name) ?? 'internal';
};

const millis = (nanos: unknown): number => Number(BigInt(text(nanos) || '0') / 1_000n) / 1_000;

const spanOf = (span: Json, service: string): SpanRecord => ({
  traceId: hexId(span['traceId'], 16),
  spanId: hexId(span['spanId'], 8),
  parentSpanId: text(span['parentSpanId']) === '' ? null : hexId(span['parentSpanId'], 8),
  name: text(span['name']),
  kind: kindOf(span['kind']),
  service,
  attributes: attributesOf(span['attributes']),
  links: list(span['links']).map((link) => ({
    traceId: hexId(link['traceId'], 16),
    spanId: hexId(link['spanId'], 8),
    attributes: attributesOf(link['attributes']),
  })),
  startMs: millis(span['startTimeUnixNano']),
  endMs: millis(span['endTimeUnixNano']),
});

const spansOf = (resourceSpans: unknown): readonly SpanRecord[] =>
  list(resourceSpans).flatMap((block) => {
    const service = text(attributesOf(record(block['resource'])['attributes'])['service.name']);
    return list(block['scopeSpans']).flatMap((scope) => list(scope['spans']).map((span) => spanOf(span, service)));
  });

/** All spans of a trace; none where Tempo does not know it (404). */
export const traceById = async (at: Endpoint, traceId: string): Promise<readonly SpanRecord[]> => {
  const { status, body } = await ask({ ...at, backend: 'tempo', url: `${at.url}/api/v2/traces/${encodeURIComponent(traceId)}` });
  return status === 404 ? [] : spansOf(record(record(body)['trace'])['resourceSpans']);
};

/** Ids of the traces that TraceQL selects, in 32 hex digits. */
export const searchTraceIds = async (
  at: Endpoint,
  traceql: string,
  from: number,
  to: number,
  limit = 1_000,
): Promise<readonly string[]> => {
  const parameters = new URLSearchParams({ q: traceql, start: String(Math.floor(from)), end: String(Math.ceil(to)), limit: String(limit) });
  const { status, body } = await ask({ ...at, backend: 'tempo', url: `${at.url}/api/search?${parameters.toString()}`, asked: traceql });
  if (status === 404) throw new SignalError('tempo', traceql, status, 'no search here: is this the address of a Tempo?');
  return list(record(body)['traces']).map((trace) => text(trace['traceID']).toLowerCase().padStart(32, '0'));
};
