// One trace as a tree of spans in the order in which it is drawn.
import { list, record, textOf } from './api-answer.ts';
import type { Json } from './api-answer.ts';
import type { Cell } from './frame.ts';
import { attributesOf } from './otlp-attributes.ts';

type Attributes = Readonly<Record<string, Cell>>;

export type SpanEvent = { readonly name: string; readonly atMs: number; readonly attributes: Attributes };
export type SpanLink = { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes };

export type TraceSpan = {
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: string;
  readonly service: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly hasError: boolean;
  readonly statusMessage: string;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
};

export type PlacedSpan = { readonly span: TraceSpan; readonly depth: number };

const hexDigits = (bytes: string): string => Array.from(bytes, (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');

/** Base64 (protobuf's JSON, as Tempo writes it) or hex (OTLP's). */
const idOf = (value: unknown, bytes: number): string => {
  const id = textOf(value);
  return id.length === bytes * 2 && /^[0-9a-f]+$/i.test(id) ? id.toLowerCase() : hexDigits(atob(id));
};

const nanosOf = (value: unknown): bigint => BigInt(typeof value === 'number' ? Math.round(value) : textOf(value) || '0');
const millis = (nanos: bigint): number => Number(nanos / 1_000n) / 1_000;

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const kindOf = (value: unknown): string =>
  typeof value === 'number'
    ? (kinds[value] ?? '')
    : textOf(value)
        .replace(/^SPAN_KIND_/, '')
        .toLowerCase();

const hasError = (status: Json): boolean => status['code'] === 2 || status['code'] === 'STATUS_CODE_ERROR';

const spanOf = (span: Json, resource: Attributes): TraceSpan => {
  const [start, end] = [nanosOf(span['startTimeUnixNano']), nanosOf(span['endTimeUnixNano'])];
  const status = record(span['status']);
  return {
    spanId: idOf(span['spanId'], 8),
    parentSpanId: textOf(span['parentSpanId']) === '' ? null : idOf(span['parentSpanId'], 8),
    name: textOf(span['name']),
    kind: kindOf(span['kind']),
    service: String(resource['service.name'] ?? ''),
    startMs: millis(start),
    durationMs: Number(end - start) / 1e6,
    hasError: hasError(status),
    statusMessage: textOf(status['message']),
    attributes: attributesOf(span['attributes']),
    resource,
    events: list(span['events'])
      .map(record)
      .map((event) => ({
        name: textOf(event['name']),
        atMs: millis(nanosOf(event['timeUnixNano'])),
        attributes: attributesOf(event['attributes']),
      })),
    links: list(span['links'])
      .map(record)
      .map((link) => ({
        traceId: idOf(link['traceId'], 16),
        spanId: idOf(link['spanId'], 8),
        attributes: attributesOf(link['attributes']),
      })),
  };
};

/** `answer`: of /api/v2/traces/<id>. */
export const spansOf = (answer: unknown): readonly TraceSpan[] =>
  list(record(record(answer)['trace'])['resourceSpans'])
    .map(record)
    .flatMap((block) => {
      const resource = attributesOf(record(block['resource'])['attributes']);
      return list(block['scopeSpans']).flatMap((scope) => list(record(scope)['spans']).map((span) => spanOf(record(span), resource)));
    });

/** Parents before children, earlier before later; a span whose parent is not here stands at the top. */
export const placeSpans = (spans: readonly TraceSpan[]): readonly PlacedSpan[] => {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const byParent = Map.groupBy(spans, ({ parentSpanId }) => (parentSpanId !== null && ids.has(parentSpanId) ? parentSpanId : ''));
  const placed: PlacedSpan[] = [];
  const seen = new Set<TraceSpan>();
  const place = (parent: string, depth: number): void => {
    for (const span of (byParent.get(parent) ?? []).toSorted((one, other) => one.startMs - other.startMs)) {
      if (seen.has(span)) continue;
      seen.add(span);
      placed.push({ span, depth });
      place(span.spanId, depth + 1);
    }
  };
  place('', 0);
  // Spans that name each other as parents: shown all the same.
  return [...placed, ...spans.filter((span) => !seen.has(span)).map((span) => ({ span, depth: 0 }))];
};
