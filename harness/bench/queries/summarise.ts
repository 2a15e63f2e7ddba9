// From the times of all questions to a few numbers: the ratio of a question is the median over its rounds, pair by pair. Pure.
import { median } from '../figure.ts';
import type { Asked } from './ask-in-turns.ts';

export type Rated = {
  readonly place: string;
  readonly query: string;
  readonly embeddedMs: number;
  readonly peerMs: number;
  /** embedded / peer; NaN without a peer. */
  readonly ratio: number;
};

export type Summary = {
  readonly questions: number;
  /** Sums of the medians: what one look at all dashboards costs. */
  readonly embeddedMs: number;
  readonly peerMs: number;
  readonly ratio: { readonly median: number; readonly low: number; readonly high: number };
  /** By ratio; by time where there is nobody to compare with. */
  readonly worst: Rated;
  readonly slowest: Rated;
};

const rated = ({ question, embeddedMs, peerMs }: Asked): Rated => ({
  place: question.place,
  query: question.query,
  embeddedMs: median(embeddedMs),
  peerMs: median(peerMs),
  ratio: median(peerMs.map((ms, round) => embeddedMs[round]! / ms)),
});

/** The value that this share of all is not above. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
};

const greatest = (all: readonly Rated[], of: (one: Rated) => number): Rated => all.reduce((best, one) => (of(one) > of(best) ? one : best));

/** Throws for no questions: nothing was measured then. */
export const summarise = (asked: readonly Asked[]): Summary => {
  const all = asked.map(rated);
  if (all.length === 0) throw new Error('no question was asked');
  const ratios = all.map(({ ratio }) => ratio);
  const sum = (of: (one: Rated) => number): number => all.reduce((total, one) => total + of(one), 0);
  const compared = !ratios.some(Number.isNaN);
  const slowest = greatest(all, ({ embeddedMs }) => embeddedMs);
  return {
    questions: all.length,
    embeddedMs: sum(({ embeddedMs }) => embeddedMs),
    peerMs: sum(({ peerMs }) => peerMs),
    ratio: { median: median(ratios), low: quantile(ratios, 0.1), high: quantile(ratios, 0.9) },
    worst: compared ? greatest(all, ({ ratio }) => ratio) : slowest,
    slowest,
  };
};
