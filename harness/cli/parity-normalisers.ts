// Which answers are compared as what: the wiring of the comparisons that the backends need.
import type { Normalisers } from '../parity/compare-answers.ts';

export const parityNormalisers: Normalisers = {};
