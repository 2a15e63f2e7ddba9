// Values of one moment.
import type { Labels } from '../../../promql/labels.ts';

export type Sample = { readonly labels: Labels; readonly value: number };

export type Vector = readonly Sample[];
