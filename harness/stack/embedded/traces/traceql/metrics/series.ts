// A series of a TraceQL metric: typed labels, one value a step (NaN where there is none), and spans as examples.
import { valueKey } from '../value.ts';
import type { Value } from '../value.ts';

export type Label = readonly [name: string, value: Value];

export type Exemplar = { readonly labels: readonly Label[]; readonly value: number; readonly timestampMs: number };

export type Series = { readonly labels: readonly Label[]; readonly values: readonly number[]; readonly exemplars: readonly Exemplar[] };

export const labelsKey = (labels: readonly Label[]): string => JSON.stringify(labels.map(([name, value]) => [name, valueKey(value)]));
