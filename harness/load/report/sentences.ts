// What a search for capacity and a comparison have to say, in sentences: for the screen and the report alike.
import { milliseconds } from '../../report/console/numbers.ts';
import type { Knee } from '../../drivers/autocannon/find-knee.ts';
import type { CapacityResult } from '../capacity/capacity-result.ts';
import type { ComparedFigure, CompareResult } from '../compare/compare-result.ts';
import { change, rate } from './figures.ts';

export const capacitySentence = ({ ratePerSecond, missedAtPerSecond, ended, repeatsP99Ms, probes }: CapacityResult): string => {
  if (ratePerSecond === null) return noCapacity(ended, missedAtPerSecond, probes);
  const noise =
    repeatsP99Ms.length < 2 ? '' : ` p99 there was ${repeatsP99Ms.map(milliseconds).join(' and ')} in ${repeatsP99Ms.length} runs.`;
  switch (ended) {
    case 'bound':
      return `capacity: at least ${rate(ratePerSecond)}, the highest rate that was allowed (--most-rate).${noise}`;
    case 'generator':
      return `capacity: at least ${rate(ratePerSecond)}. At ${rate(missedAtPerSecond)} nothing could be proven: more --processes, a longer --probe or a machine of its own may help.${noise}`;
    default:
      return `capacity: ${rate(ratePerSecond)}, held and held again; missed at ${rate(missedAtPerSecond)}.${noise}`;
  }
};

const noCapacity = (ended: CapacityResult['ended'], atPerSecond: number | null, probes: CapacityResult['probes']): string => {
  switch (ended) {
    case 'time':
      return `capacity: unknown. The time was up (--most-duration) after ${probes.length === 1 ? '1 probe' : `${probes.length} probes`}, ${heldText(probes)}: give it more, or begin nearer to the rate (--rate).`;
    case 'none':
      return `capacity: none. The gates did not hold at any rate down to ${rate(atPerSecond)}.`;
    case 'generator':
      return `capacity: unknown. At ${rate(atPerSecond)} nothing could be proven: this machine is too busy to send on time, or a probe is too short for its gates.`;
    default:
      return `capacity: unknown. Rates that held once did not hold again (${probes.length} probes): the target, or this machine, is too unsteady to say.`;
  }
};

const heldText = (probes: CapacityResult['probes']): string => {
  const held = probes.filter(({ outcome }) => outcome === 'holds').map(({ ratePerSecond }) => ratePerSecond);
  return held.length === 0 ? 'and no rate had held' : `and ${rate(Math.max(...held))} had held but was not repeated`;
};

export const comparedSentences = ({ with: earlier, figures, problems, tolerance, regressed }: CompareResult): readonly string[] => [
  `compared with ${earlier} (new / old; worse counts beyond ${(tolerance * 100).toFixed(0)}% and beyond the noise):`,
  ...figures.map((figure) => `  ${figureText(figure)}`),
  ...problems.map((problem) => `  can't be said: ${problem}`),
  { no: 'no regression', yes: 'regression', unproven: 'whether it is a regression is not proven' }[regressed],
];

const figureText = ({ phase, figure, before, after, ratio, low, high, change: kind }: ComparedFigure): string => {
  const shown = (value: number): string => (figure === 'throughput' ? rate(value) : milliseconds(value));
  return `${`${phase} ${figure}`.padEnd(20)} ${shown(before)} -> ${shown(after)}  ${change(ratio)} (noise: ${change(low)} to ${change(high)})  ${kind}`;
};

export const kneeSentence = ({ kneeConnections, highestPerSecond, steps }: Knee): string => {
  const highest = `${rate(highestPerSecond)} at most, in a closed loop`;
  if (kneeConnections === null) return `knee: not reached with ${steps.at(-1)?.connections ?? 0} connections; ${highest}`;
  return `knee: ${kneeConnections} connections; more of them bring waiting and hardly any throughput. ${highest}. Judge latencies with --driver http, below that rate.`;
};
