// Values of one moment.
import { labelEntries, labelsFromEntries } from '../../../promql/labels.ts';
import type { Labels } from '../../../promql/labels.ts';

export type Sample = { readonly labels: Labels; readonly value: number };

export type Vector = readonly Sample[];

/** A format can leave a label empty. It counts as a label until the labels are changed, and then as none, as in Loki. */
export const withoutEmpty = (labels: Labels): Labels =>
  labels.pairs.some((text, index) => index % 2 === 1 && text === '') ? labelsFromEntries(labelEntries(labels)) : labels;
