// Tempo's older way of searching: tags in logfmt, all of which must be somewhere in the trace; names of spans and services by a part of them.
import { attributeText } from '../otlp/attribute-value.ts';
import { serviceName } from './service-name.ts';
import type { FoundSet } from './traceql/evaluate.ts';
import { unquote } from '../quoted-text.ts';
import type { SpanNode, TraceIndex } from './traceql/trace-index.ts';

export type TagSearch = {
  readonly tags: ReadonlyMap<string, string>;
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
};

/** Throws an Error for what is no logfmt, or a tag that is there twice. */
export const readTags = (text: string): ReadonlyMap<string, string> => {
  const tags = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(/([^\s="]+)=?("(?:[^"\\]|\\.)*"|[^\s"]*)/g)) {
    if (tags.has(key)) throw new Error(`invalid tags: tag ${key} has been set twice`);
    tags.set(key, value.startsWith('"') ? unquote(value) : value);
  }
  return tags;
};

const statuses = ['unset', 'ok', 'error'];

type Matches = (node: SpanNode, value: string) => boolean;

const attributeIs =
  (name: string): Matches =>
  ({ span }, value) =>
    [span.attributes.get(name), span.resource.get(name)].some((found) => found?.kind === 'string' && attributeText(found) === value);

const known: ReadonlyMap<string, Matches> = new Map<string, Matches>([
  ['name', ({ span }, value) => span.name.includes(value)],
  ['service.name', ({ span }, value) => serviceName(span.resource).includes(value)],
  ['root.name', ({ trace }, value) => trace.root?.name.includes(value) ?? false],
  ['root.service.name', ({ trace }, value) => trace.root !== undefined && serviceName(trace.root.resource).includes(value)],
  ['status.code', ({ span }, value) => statuses[span.statusCode] === value],
  ['error', ({ span }) => span.statusCode === 2],
]);

export const selectByTags =
  ({ tags, minDurationMs, maxDurationMs }: TagSearch) =>
  (trace: TraceIndex): readonly FoundSet[] => {
    const durationMs = Number(trace.endNano - trace.startNano) / 1e6;
    if (durationMs < minDurationMs || durationMs > maxDurationMs) return [];
    const hasAll = [...tags].every(([name, value]) => trace.nodes.some((node) => (known.get(name) ?? attributeIs(name))(node, value)));
    return hasAll ? [{ nodes: trace.nodes, attributes: [] }] : [];
  };
