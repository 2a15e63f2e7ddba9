// The parser `logfmt`, with and without names. Source of the format: https://github.com/go-logfmt/logfmt
import { unescapeJson } from './json-scan.ts';
import { labelKey } from './label-key.ts';
import type { LabelsBuilder } from './labels-builder.ts';

export const logfmtError = 'LogfmtParserErr';

type Scan = { readonly key: string; readonly value: string; readonly problem: string };

/** The pairs of a line; one that is malformed has a problem instead, and reading goes on behind it. */
export function* scanLogfmt(line: string): Generator<Scan, void, void> {
  let at = 0;
  const problemAt = (what: string): string => `logfmt syntax error at pos ${Buffer.byteLength(line.slice(0, at)) + 1} : ${what}`;
  const unexpected = (): string => problemAt(`unexpected '${line[at]}'`);
  const skipValue = (problem: string): Scan => {
    while (at < line.length && line[at]! > ' ') at += 1;
    return { key: '', value: '', problem };
  };
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const text = pattern.exec(line)?.[0] ?? '';
    at += text.length;
    return text;
  };
  const quoted = (key: string): Scan => {
    const text = take(/"(?:[^"\\]|\\[^])*"/y);
    if (text === '') {
      at = line.length;
      return { key: '', value: '', problem: problemAt('unterminated quoted value') };
    }
    const value = unescapeJson(text.slice(1, -1).replaceAll("\\'", "'"));
    return value === null ? { key: '', value: '', problem: problemAt('invalid quoted value') } : { key, value, problem: '' };
  };
  const pair = (): Scan => {
    const key = take(/[^="\u0000- ]*/y);
    const stop = line[at];
    if (stop === '"' || (stop === '=' && key === '')) return skipValue(unexpected());
    if (stop !== '=') return { key, value: '', problem: '' };
    if (key.includes('\uFFFD')) return skipValue(problemAt('invalid key'));
    at += 1;
    if (line[at] === '"') return quoted(key);
    const value = take(/[^="\u0000- ]*/y);
    return line[at] === '=' || line[at] === '"' ? skipValue(unexpected()) : { key, value, problem: '' };
  };
  for (take(/[\u0000- ]*/y); at < line.length; take(/[\u0000- ]*/y)) yield pair();
}

export const parseLogfmt = (labels: LabelsBuilder, line: string, strict: boolean, keepEmpty: boolean): boolean => {
  const { hints } = labels;
  if (hints.needsNothing()) return true;
  let lastProblem = '';
  for (const { key, value, problem } of scanLogfmt(line)) {
    if (problem !== '') {
      lastProblem = problem;
      if (strict) break;
      continue;
    }
    const name = labelKey(key);
    const kept = labels.nameFor(name);
    if (name === '' || !hints.takes(kept) || (value === '' && !keepEmpty)) continue;
    labels.setParsed(kept, value.replaceAll('\uFFFD', ' '));
    if (!hints.goesOn(kept, labels)) return false;
    if (hints.hasAll()) break;
  }
  if (!strict || lastProblem === '') return true;
  labels.fail(logfmtError, lastProblem);
  return hints.goesOn('__error__', labels);
};

/** Names that are not in the line become empty labels; `--keep-empty` changes nothing here, as in Loki. */
export const parseLogfmtKeys = (
  labels: LabelsBuilder,
  line: string,
  strict: boolean,
  keys: readonly { readonly name: string; readonly key: string }[],
): boolean => {
  const { hints } = labels;
  if (hints.needsNothing()) return true;
  for (const { name } of keys) if (labels.nameFor(name) === name) labels.setParsed(name, '');
  let lastProblem = '';
  for (const { key, value, problem } of scanLogfmt(line)) {
    if (problem !== '') {
      lastProblem = problem;
      if (strict) break;
      continue;
    }
    const found = labelKey(key);
    const wanted = keys.find((candidate) => candidate.key === found)?.name ?? (keys.some(({ name }) => name === found) ? found : null);
    if (wanted === null) continue;
    const kept = labels.nameFor(wanted);
    if (kept !== wanted && !hints.takes(kept)) break;
    labels.setParsed(kept, value.includes('\uFFFD') ? '' : value);
    if (hints.hasAll()) break;
  }
  if (strict && lastProblem !== '') labels.fail(logfmtError, lastProblem);
  return true;
};
