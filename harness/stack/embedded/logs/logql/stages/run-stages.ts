// What a pipeline does to one entry: keep it, with the line and the labels that it has by then, or drop it.
import type { LabelFormat, NamedMatcher, Stage } from '../syntax/ast.ts';
import type { Template } from '../template/template.ts';
import { passesFilter } from './label-filter.ts';
import { labelKey } from './label-key.ts';
import { errorDetailsLabel, errorLabel, preserveErrorLabel } from './labels-builder.ts';
import type { LabelsBuilder } from './labels-builder.ts';
import { capturesOf } from './line-pattern.ts';
import { orderStages } from './order-stages.ts';
import { parseJson, parseJsonPaths, unpackJson } from './parse-json.ts';
import { parseLogfmt, parseLogfmtKeys } from './parse-logfmt.ts';

/** The line afterwards; null: dropped. */
export type Pipeline = (line: string, atNano: bigint, labels: LabelsBuilder) => string | null;

const setCaptures = (labels: LabelsBuilder, captures: Iterable<readonly [string, string]>): boolean => {
  for (const [name, value] of captures) {
    const kept = labels.nameFor(name);
    if (!labels.hints.takes(kept)) continue;
    labels.setParsed(kept, value);
    if (!labels.hints.goesOn(kept, labels)) return false;
  }
  return true;
};

const runRegexp = (labels: LabelsBuilder, line: string, pattern: RegExp): boolean => {
  const groups = pattern.exec(line)?.groups;
  if (groups === undefined) return true;
  // A group that took no part is empty, not absent.
  const captures = Object.entries(groups).map(([name, value]) => [labelKey(name), (value as string | undefined) ?? ''] as const);
  return setCaptures(labels, captures);
};

const scopeOf = (labels: LabelsBuilder, line: string, atNano: bigint) => {
  const get = (name: string): string | undefined => {
    if (name === errorLabel) return labels.error;
    return name === errorDetailsLabel ? labels.errorDetails : labels.get(name);
  };
  return { get, line, atNano };
};

const render = (labels: LabelsBuilder, template: Template, line: string, atNano: bigint): string | null => {
  try {
    return template.render(scopeOf(labels, line, atNano));
  } catch (error) {
    labels.error = 'TemplateFormatErr';
    labels.errorDetails = (error as Error).message;
    return null;
  }
};

const allLabels = (labels: LabelsBuilder): ReadonlyMap<string, string> => {
  const { stream, metadata, parsed } = labels.kinds();
  return new Map([...stream, ...metadata, ...parsed]);
};

/** All templates of a stage see the labels as they were before the first of them. */
const runLabelFormats = (labels: LabelsBuilder, formats: readonly LabelFormat[], line: string, atNano: bigint): void => {
  let before: ReadonlyMap<string, string> | null = null;
  for (const format of formats) {
    if (format.kind === 'rename') {
      const value = labels.get(format.from);
      if (value === undefined) continue;
      labels.setParsed(format.name, value);
      labels.remove(format.from);
      continue;
    }
    before ??= allLabels(labels);
    const seen = before;
    try {
      labels.setParsed(format.name, format.template.render({ get: (name) => seen.get(name), line, atNano }));
    } catch (error) {
      labels.error = 'TemplateFormatErr';
      labels.errorDetails = (error as Error).message;
    }
  }
};

const dropLabel = (labels: LabelsBuilder, { name, matcher }: NamedMatcher): void => {
  const isError = name === errorLabel;
  if (isError || name === errorDetailsLabel) {
    const value = isError ? labels.error : labels.errorDetails;
    if (matcher !== null && !matcher.holds(value)) return;
    if (isError) labels.error = '';
    else labels.errorDetails = '';
    return;
  }
  const value = labels.get(name);
  if (matcher === null ? value !== undefined : matcher.holds(value ?? '')) labels.remove(name);
};

const specialLabels = new Set([errorLabel, errorDetailsLabel, preserveErrorLabel]);

const keepLabels = (labels: LabelsBuilder, wanted: readonly NamedMatcher[]): void => {
  for (const [name, value] of allLabels(labels)) {
    const isKept = wanted.some((one) => one.name === name && (one.matcher === null || one.matcher.holds(value)));
    if (!isKept && !specialLabels.has(name)) labels.remove(name);
  }
};

// eslint-disable-next-line no-control-regex
const colours =
  /[\u001B\u009B][[\]()#;?]*(?:(?:(?:[a-zA-Z\d]*(?:;[a-zA-Z\d]*)*)?\u0007)|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PRZcf-ntqry=><~]))/g;

const compileStage = (stage: Stage): Pipeline => {
  const keeping =
    (run: (labels: LabelsBuilder, line: string) => boolean): Pipeline =>
    (line, _at, labels) =>
      run(labels, line) ? line : null;
  switch (stage.kind) {
    case 'line':
      return (line) => (stage.keeps(line) ? line : null);
    case 'label':
      return keeping((labels) => passesFilter(stage.filter, labels));
    case 'json':
      return keeping(parseJson);
    case 'json-paths':
      return keeping((labels, line) => parseJsonPaths(labels, line, stage.paths));
    case 'logfmt':
      return keeping((labels, line) => parseLogfmt(labels, line, stage.strict, stage.keepEmpty));
    case 'logfmt-keys':
      return keeping((labels, line) => parseLogfmtKeys(labels, line, stage.strict, stage.keys));
    case 'regexp':
      return keeping((labels, line) => runRegexp(labels, line, stage.pattern));
    case 'pattern':
      return keeping((labels, line) => labels.hints.needsNothing() || setCaptures(labels, capturesOf(stage.pattern, line)));
    case 'unpack':
      return (line, _at, labels) => unpackJson(labels, line);
    case 'decolorize':
      return (line) => line.replaceAll(colours, '');
    case 'line-format':
      return (line, at, labels) => render(labels, stage.template, line, at) ?? line;
    case 'label-format':
      return (line, at, labels) => {
        runLabelFormats(labels, stage.formats, line, at);
        return line;
      };
    case 'drop':
      return keeping((labels) => (stage.labels.forEach((one) => dropLabel(labels, one)), true));
    case 'keep':
      return keeping((labels) => (keepLabels(labels, stage.labels), true));
  }
};

/** What the line itself says before anything is parsed: it saves most entries the rest. */
export const compileFirstFilter = (stages: readonly Stage[]): ((line: string) => boolean) => {
  const ordered = orderStages(stages);
  const end = ordered.findIndex(({ kind }) => kind !== 'line');
  const tests = (end < 0 ? ordered : ordered.slice(0, end)).flatMap((stage) => (stage.kind === 'line' ? [stage.keeps] : []));
  return (line) => tests.every((keeps) => keeps(line));
};

export const compilePipeline = (stages: readonly Stage[]): Pipeline => {
  const steps = orderStages(stages).map(compileStage);
  return (line, atNano, labels) => {
    let current: string | null = line;
    for (const step of steps) {
      current = step(current, atNano, labels);
      if (current === null) return null;
    }
    return current;
  };
};
