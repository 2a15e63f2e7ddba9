// YAML with places: reads the shapes that Prometheus' files are made of as Prometheus does, and collects what does not fit instead of stopping there.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Node, YAMLMap } from 'yaml';
import { parseDurationText } from '../../promql/syntax/number.ts';
import type { Place, Problem } from './problem.ts';

export type YamlNode = Node | null;

/** A mapping's fields by name; `place` is where it begins. */
export type Fields = { readonly place: Place; get(name: string): YamlNode };

export type YamlReader = {
  readonly root: YamlNode;
  readonly problems: Problem[];
  /** Documents after the first: Prometheus reads the first alone. */
  readonly extraDocuments: number;
  placeOf(node: YamlNode, otherwise?: Place): Place;
  report(place: Place, message: string): void;
  /** null, and said, for what is no mapping; every field must be one of `known`. Nothing at all is an empty mapping. */
  fields(node: YamlNode, what: string, known: readonly string[]): Fields | null;
  /** Without items that are nothing, as Prometheus reads lists. */
  list(node: YamlNode, what: string): readonly YamlNode[];
  /** '' for nothing. Numbers and the like are the text as written. */
  text(node: YamlNode, what: string): string;
  textMap(node: YamlNode, what: string): Readonly<Record<string, string>>;
  /** Milliseconds; null for nothing, or for what is none. */
  duration(node: YamlNode, what: string): number | null;
  number(node: YamlNode, what: string): number | null;
  /** false for nothing. */
  boolean(node: YamlNode, what: string): boolean;
};

const start: Place = { line: 1, column: 1 };

type Context = { readonly document: Document; readonly lines: LineCounter; readonly problems: Problem[] };

const placeAt = (lines: LineCounter, offset: number): Place => {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
};

const resolve = ({ document, lines, problems }: Context, node: unknown): YamlNode => {
  if (isAlias(node)) {
    const target = node.resolve(document);
    if (target === undefined)
      problems.push({ ...placeAt(lines, node.range?.[0] ?? 0), message: `unknown anchor ${JSON.stringify(node.source)}` });
    return target ?? null;
  }
  return isMap(node) || isSeq(node) || isScalar(node) ? (node as Node) : null;
};

const isNothing = (node: YamlNode): boolean => node === null || (isScalar(node) && (node.value === null || node.value === undefined));

const kindOf = (node: YamlNode): string => {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  return isScalar(node) ? JSON.stringify(node.source ?? node.value) : 'nothing';
};

const scalarText = (node: YamlNode): string | null => {
  if (!isScalar(node)) return null;
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
};

type Entry = { readonly name: string; readonly key: YamlNode; readonly value: YamlNode };

/** What `<<` brings stands behind what the mapping says itself. */
const mergedEntries = (context: Context, value: YamlNode): Entry[] => {
  const maps = isSeq(value) ? value.items.map((item) => resolve(context, item)) : [value];
  return maps.flatMap((map) => (isMap(map) ? entriesOf(context, map) : []));
};

const entriesOf = (context: Context, map: YAMLMap): Entry[] => {
  const own: Entry[] = [];
  const merged: Entry[] = [];
  for (const pair of map.items) {
    const key = resolve(context, pair.key);
    const value = resolve(context, pair.value);
    const name = scalarText(key) ?? '';
    if (name === '<<') merged.push(...mergedEntries(context, value));
    else own.push({ name, key, value });
  }
  const names = new Set(own.map(({ name }) => name));
  return [...own, ...merged.filter(({ name }) => !names.has(name))];
};

const collect = ({ document, lines, problems }: Context): void => {
  for (const { pos, message } of document.errors) problems.push({ ...placeAt(lines, pos[0]), message: message.split('\n')[0]! });
};

export const readYaml = (source: string): YamlReader => {
  const lines = new LineCounter();
  const documents = parseAllDocuments(source, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: true });
  const parsed = 'empty' in documents ? [] : documents;
  const document = parsed[0] as Document | undefined;
  const problems: Problem[] = [];
  const context = document === undefined ? null : { document, lines, problems };
  if (context !== null) collect(context);
  return {
    root: context === null ? null : resolve(context, document!.contents),
    problems,
    extraDocuments: Math.max(0, parsed.length - 1),
    ...readersOf(context, lines, problems),
  };
};

type Readers = Omit<YamlReader, 'root' | 'problems' | 'extraDocuments'>;

const readersOf = (context: Context | null, lines: LineCounter, problems: Problem[]): Readers => {
  const placeOf = (node: YamlNode, otherwise: Place = start): Place =>
    node?.range === undefined || node.range === null ? otherwise : placeAt(lines, node.range[0]);
  const report = (place: Place, message: string): void => void problems.push({ ...place, message });
  const wrong = (node: YamlNode, what: string, expected: string): null => {
    report(placeOf(node), `${what} must be ${expected}, not ${kindOf(node)}`);
    return null;
  };
  const entries = (node: YamlNode, what: string): Entry[] | null => {
    if (isNothing(node) || context === null) return [];
    return isMap(node) ? entriesOf(context, node) : wrong(node, what, 'a mapping');
  };
  const text = (node: YamlNode, what: string): string => {
    if (isNothing(node)) return '';
    return scalarText(node) ?? wrong(node, what, 'text') ?? '';
  };
  return {
    placeOf,
    report,
    text,
    fields: (node, what, known) => {
      const found = entries(node, what);
      if (found === null) return null;
      for (const { name, key } of found) {
        if (!known.includes(name)) report(placeOf(key), `unknown field ${JSON.stringify(name)} in ${what}; known are ${known.join(', ')}`);
      }
      const byName = new Map(found.map(({ name, value }) => [name, value]));
      return { place: placeOf(node), get: (name) => byName.get(name) ?? null };
    },
    list: (node, what) => {
      if (isNothing(node) || context === null) return [];
      return isSeq(node)
        ? node.items.map((item) => resolve(context, item)).filter((item) => !isNothing(item))
        : (wrong(node, what, 'a list') ?? []);
    },
    textMap: (node, what) =>
      Object.fromEntries((entries(node, what) ?? []).map(({ name, value }) => [name, text(value, `${what}.${name}`)])),
    duration: (node, what) => {
      if (isNothing(node)) return null;
      const written = text(node, what);
      const seconds = written === '0' ? 0 : parseDurationText(written);
      if (seconds !== null) return Math.round(seconds * 1000);
      return wrong(node, what, 'a duration such as 30s, 5m or 1h30m');
    },
    number: (node, what) => {
      if (isNothing(node)) return null;
      return isScalar(node) && typeof node.value === 'number' ? node.value : wrong(node, what, 'a number');
    },
    boolean: (node, what) => {
      if (isNothing(node)) return false;
      return isScalar(node) && typeof node.value === 'boolean' ? node.value : (wrong(node, what, 'true or false') ?? false);
    },
  };
};
