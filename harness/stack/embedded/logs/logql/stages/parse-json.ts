// The parsers that read JSON: `json`, `json name="path"` and `unpack`.
import type { JsonPath } from '../syntax/ast.ts';
import { eachElement, eachMember, findMember, jsonLabelValue, JsonProblem, unescapeJson } from './json-scan.ts';
import type { JsonValue } from './json-scan.ts';
import { labelKey, nestedKey } from './label-key.ts';
import type { LabelsBuilder } from './labels-builder.ts';

export const jsonError = 'JSONParserErr';

/** Loki has no bound, and a stack that grows. Each object is read once more for every one around it. */
const maxDepth = 100;

/** Thrown to stop reading: with `keeps`, there is nothing more to read; without, a filter will drop the entry. */
class Stop extends Error {
  readonly keeps: boolean;
  constructor(keeps: boolean) {
    super('stop');
    this.keeps = keeps;
  }
}
const [found, dropped] = [new Stop(true), new Stop(false)];

/** Runs a reader; false: the entry is dropped. */
const guarded = (labels: LabelsBuilder, read: () => void): boolean => {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof Stop) return error.keeps;
    if (!(error instanceof JsonProblem)) throw error;
    labels.fail(jsonError, error.message);
    return true;
  }
};

const setFound = (labels: LabelsBuilder, name: string, value: string): void => {
  const { hints } = labels;
  const kept = labels.nameFor(name);
  if (name === '' || !hints.takes(kept)) return;
  labels.setParsed(kept, value);
  if (!hints.goesOn(kept, labels)) throw dropped;
};

const readMembers = (labels: LabelsBuilder, text: string, keys: readonly string[]): void => {
  if (keys.length >= maxDepth) throw new JsonProblem(`objects nested more than ${maxDepth} deep`);
  eachMember(text, (key, value) => {
    const path = [...keys, key];
    if (value.type === 'object') {
      if (labels.hints.takesPrefix(nestedKey(path))) readMembers(labels, value.text, path);
      return;
    }
    const isScalar = value.type === 'string' || value.type === 'number' || value.type === 'boolean';
    if (isScalar) setFound(labels, path.length === 1 ? labelKey(key) : nestedKey(path), jsonLabelValue(value));
    if (labels.hints.hasAll()) throw found;
  });
};

export const parseJson = (labels: LabelsBuilder, line: string): boolean => {
  if (labels.hints.needsNothing()) return true;
  return guarded(labels, () => readMembers(labels, line, []));
};

/** What stands before a mistake is there; the mistake itself is none for whoever asked for one element. */
const elementAt = (text: string, wanted: number): JsonValue | null => {
  let at: JsonValue | null = null;
  try {
    eachElement(text, (index, element) => {
      if (index === wanted) at = element;
    });
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
  }
  return at;
};

const step = (value: JsonValue, key: string | number): JsonValue | null => {
  if (typeof key === 'string') return value.type === 'object' ? findMember(value.text, key) : null;
  return value.type === 'array' ? elementAt(value.text, key) : null;
};

/** The line need not be right as a whole, nor end. */
const valueAt = (line: string, path: JsonPath): JsonValue | null => {
  const whole: JsonValue = { type: line.startsWith('[') ? 'array' : 'object', text: line, end: line.length };
  return path.reduce<JsonValue | null>((value, key) => (value === null ? null : step(value, key)), whole);
};

const pathValue = (value: JsonValue): string =>
  value.type === 'object' ? value.text : jsonLabelValue(value.type === 'null' ? value : { ...value, type: 'string' });

export const parseJsonPaths = (
  labels: LabelsBuilder,
  line: string,
  paths: readonly { readonly name: string; readonly path: JsonPath }[],
): boolean => {
  if (line === '' || labels.hints.needsNothing()) return true;
  if (!/^["{[]/.test(line)) {
    labels.fail(jsonError, '');
    return true;
  }
  for (const { name, path } of paths) {
    guarded(labels, () => {
      const value = valueAt(line, path);
      if (value !== null) labels.setParsed(labels.nameFor(name), pathValue(value));
    });
  }
  for (const { name } of paths) if (labels.get(name) === undefined) labels.setParsed(name, '');
  return true;
};

/** The line that was packed, and null where the entry is dropped. Labels only come out of a line that has `_entry`. */
export const unpackJson = (labels: LabelsBuilder, line: string): string | null => {
  if (line === '' || labels.hints.needsNothing()) return line;
  let unpacked: string | null = null;
  const values: (readonly [string, string])[] = [];
  const read = (): void => {
    if (!line.startsWith('{')) throw new JsonProblem('expecting json object(6), but it is not');
    eachMember(line, (key, value) => {
      if (value.type !== 'string') return;
      if (key === '_entry') unpacked = unescapeJson(value.text) ?? '';
      else if (labels.hints.takes(labels.nameFor(key))) values.push([labelKey(labels.nameFor(key)), jsonLabelValue(value)]);
    });
    if (unpacked === null) return;
    for (const [name, value] of values) {
      labels.setParsed(name, value);
      if (!labels.hints.goesOn(name, labels)) throw dropped;
    }
  };
  return guarded(labels, read) ? (unpacked ?? line) : null;
};
