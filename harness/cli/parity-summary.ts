// The end of parity on the screen: how many were asked of what, how many said something, and each difference that is not allowed.
import { join } from 'node:path';
import type { Difference, Tally } from '../parity/compare-runtimes.ts';
import type { ParityResult } from '../parity/run-parity.ts';

const mostShown = 20;

const tallyLine = (name: string, { asked, empty, refused, different, allowed, contradicted }: Tally): string =>
  `  ${name.padEnd(10)} ${String(asked).padStart(6)} asked, ${different} different, ${allowed} allowed (${empty} without data, ${refused} refused alike${contradicted === 0 ? '' : `, ${contradicted} that a runtime answered otherwise a moment later`})`;

const differenceLines = ({ question, difference }: Difference): readonly string[] => [
  `  ${question.place} (${question.kind})`,
  `    ${question.query}`,
  `    ${difference}`,
];

/** All that are not allowed: each of them fails. */
export const failingDifferences = ({ comparison }: ParityResult): readonly Difference[] =>
  comparison.differences.filter(({ allowed }) => allowed === null);

const refusals = ({ replayed }: ParityResult): number => Object.values(replayed).reduce((sum, { refused }) => sum + refused.length, 0);

/** Whether both said the same, of all of the data. */
export const hasParity = (result: ParityResult): boolean => failingDifferences(result).length === 0 && refusals(result) === 0;

export const describeParity = (result: ParityResult, folder: string): string => {
  const { comparison, replayed } = result;
  const { tallies, differences, milliseconds } = comparison;
  const failing = failingDifferences(result);
  const changing = failing.filter(({ question }) => question.askedFor === 'verdict' || question.askedFor === 'rule');
  const refused = Object.entries(replayed).flatMap(([runtime, { refused: said }]) => said.map((text) => `  ${runtime} refused: ${text}`));
  return [
    '',
    ...Object.entries(tallies).map(([name, tally]) => tallyLine(name, tally)),
    `  answers took ${Object.entries(milliseconds)
      .map(([runtime, ms]) => `${(ms / 1_000).toFixed(1)} s of ${runtime}`)
      .join(', ')}`,
    ...refused.slice(0, mostShown),
    ...failing.slice(0, mostShown).flatMap(differenceLines),
    ...(failing.length > mostShown ? [`  … and ${failing.length - mostShown} more`] : []),
    `${changing.length} differences that change a verdict, ${failing.length - changing.length} others, ${differences.length - failing.length} allowed`,
    `both answers of each: ${join(folder, 'differences.json')}`,
  ].join('\n');
};
