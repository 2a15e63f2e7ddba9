// What the rest of a metric query needs of a line. Loki's parsers stop early for it, which is not only faster but changes results: an error further on in the
// line is never met.
import type { Grouping, Stage } from '../syntax/ast.ts';
import type { LabelsBuilder } from './labels-builder.ts';
import { passesFilter } from './label-filter.ts';
import type { LabelFilter } from '../syntax/ast.ts';
import { labelsUsedByFilter, labelsUsedByStage } from './used-labels.ts';
import { errorLabel } from './labels-builder.ts';

export type Hints = {
  readonly preservesErrors: boolean;
  /** Nothing (more) has to be read from the line. */
  needsNothing(): boolean;
  /** The first value of a name stays. */
  takes(name: string): boolean;
  takesPrefix(prefix: string): boolean;
  /** False: a filter further on drops this entry because of the value just set. */
  goesOn(name: string, labels: LabelsBuilder): boolean;
  recordExtracted(name: string): void;
  hasAll(): boolean;
  wasExtracted(name: string): boolean;
  reset(): void;
};

type Needs = {
  /** Empty: everything. */
  readonly required: readonly string[];
  readonly noLabels: boolean;
  readonly filters: readonly LabelFilter[];
};

const createHints = ({ required, noLabels, filters }: Needs): Hints => {
  const extracted = new Set<string>();
  const byName = new Map<string, LabelFilter>();
  for (const filter of filters) {
    const [name] = labelsUsedByFilter(filter);
    if (name !== undefined && !byName.has(name)) byName.set(name, filter);
  }
  const isRequired = (name: string): boolean => required.length === 0 || required.includes(name);
  const hasAll = (): boolean => required.length > 0 && required.every((name) => extracted.has(name));
  return {
    preservesErrors: required.includes(errorLabel),
    needsNothing: () => noLabels || hasAll(),
    takes: (name) => isRequired(name) && !extracted.has(name),
    takesPrefix: (prefix) => required.length === 0 || required.some((name) => name.startsWith(prefix)),
    goesOn: (name, labels) => {
      const filter = byName.get(name);
      return filter === undefined || passesFilter(filter, labels);
    },
    recordExtracted: (name) => void extracted.add(name),
    hasAll,
    wasExtracted: (name) => extracted.has(name),
    reset: () => extracted.clear(),
  };
};

export const noHints = (): Hints => createHints({ required: [], noLabels: false, filters: [] });

/** A required label may be one that a parser had to rename. */
const withOriginals = (names: readonly string[]): readonly string[] => [
  ...new Set(names.flatMap((name) => (name.endsWith('_extracted') ? [name, name.slice(0, -'_extracted'.length)] : [name]))),
];

export type HintOptions = {
  readonly stages: readonly Stage[];
  readonly grouping: Grouping | null;
  /** Absence and counts over everything need no label at all. */
  readonly noLabels: boolean;
  readonly unwrapped: string | null;
  readonly unwrapFilters: readonly LabelFilter[];
};

const filtersOf = (options: HintOptions): readonly LabelFilter[] =>
  [...options.stages.flatMap((stage) => (stage.kind === 'label' ? [stage.filter] : [])), ...options.unwrapFilters].filter(
    ({ kind }) => kind !== 'and' && kind !== 'or',
  );

export const metricHints = (options: HintOptions): Hints => {
  const { stages, grouping, noLabels, unwrapped, unwrapFilters } = options;
  const names = withOriginals([
    ...stages.flatMap(labelsUsedByStage),
    ...unwrapFilters.flatMap(labelsUsedByFilter),
    ...(grouping?.labels ?? []),
    ...(unwrapped === null ? [] : [unwrapped]),
  ]);
  if (noLabels && names.length > 0) return createHints({ required: names, noLabels: false, filters: filtersOf(options) });
  if (noLabels) return createHints({ required: [], noLabels: true, filters: [] });
  if (grouping === null || grouping.without || grouping.labels.length === 0)
    return createHints({ required: [], noLabels: false, filters: filtersOf(options) });
  return createHints({ required: names, noLabels: false, filters: [] });
};
