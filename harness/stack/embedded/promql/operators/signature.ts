// Which series of the two sides belong together: those whose labels are equal after on (…) or ignoring (…).
import type { Labels } from '../labels.ts';
import { metricNameLabel, omitLabels, pickLabels } from '../labels.ts';
import type { Matching } from '../syntax/ast.ts';
import type { Column } from '../engine/value.ts';

/** The labels that the two sides must share; also what an error message shows. */
export const matchedLabels = (matching: Matching): ((labels: Labels) => Labels) => {
  if (matching.on) {
    const names = new Set(matching.labels);
    return (labels) => pickLabels(labels, names);
  }
  const names = new Set([metricNameLabel, ...matching.labels]);
  return (labels) => omitLabels(labels, names);
};

export type Signatures = { readonly left: readonly number[]; readonly right: readonly number[]; readonly count: number };

/** A small number for each signature, the same on both sides. */
export const signaturesOf = (matching: Matching, left: readonly Column[], right: readonly Column[]): Signatures => {
  const matched = matchedLabels(matching);
  const ordinals = new Map<string, number>();
  const ordinalOf = (column: Column): number => {
    const { key } = matched(column.labels);
    const ordinal = ordinals.get(key) ?? ordinals.size;
    ordinals.set(key, ordinal);
    return ordinal;
  };
  const sides = { left: left.map(ordinalOf), right: right.map(ordinalOf) };
  return { ...sides, count: ordinals.size };
};
