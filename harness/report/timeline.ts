// A plan drawn as text: time from left to right, the rate as a line of blocks, phases below it, and each fault from its moment to its healing.
import { rateAt } from '../scenario/rate-shape.ts';
import type { Fault, Phase, Scenario } from '../scenario/scenario.ts';
import { count } from './console/numbers.ts';

const blocks = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

export type TimelineOptions = {
  readonly columns: number;
  /** When each planned delivery is due, from the run's zero; left out, the rate is the one that the phases ask for. */
  readonly arrivalsMs?: readonly number[];
};

export const drawTimeline = (
  { phases, faults }: Pick<Scenario, 'phases' | 'faults'>,
  { columns, arrivalsMs }: TimelineOptions,
): readonly string[] => {
  const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0);
  const place = (at: number): number => Math.min(columns, Math.round((at / seconds) * columns));
  const rates = arrivalsMs === undefined ? askedRates(phases, columns, seconds) : plannedRates(arrivalsMs, columns, seconds);
  const highest = Math.max(...rates, 1);
  return [
    `${rates.map((rate) => blockOf(rate / highest)).join('')}  up to ${count(highest)}/s`,
    phaseLine(phases, place),
    ...faults.map((fault) => faultLine(fault, phases, place, columns)),
    scaleLine(seconds, columns),
  ];
};

const blockOf = (share: number): string => blocks[Math.min(blocks.length - 1, Math.ceil(share * (blocks.length - 1)))] as string;

const askedRates = (phases: readonly Phase[], columns: number, seconds: number): readonly number[] =>
  Array.from({ length: columns }, (_unused, column) => {
    let at = ((column + 0.5) * seconds) / columns;
    const phase = phases.find((each) => {
      if (at < each.seconds) return true;
      at -= each.seconds;
      return false;
    });
    return phase === undefined ? 0 : rateAt(phase, at);
  });

const plannedRates = (arrivalsMs: readonly number[], columns: number, seconds: number): readonly number[] => {
  const counts = Array.from({ length: columns }, () => 0);
  for (const at of arrivalsMs) {
    const column = Math.min(columns - 1, Math.floor((at / 1000 / seconds) * columns));
    counts[column] = (counts[column] as number) + 1;
  }
  return counts.map((amount) => Math.round((amount * columns) / seconds));
};

/** `├ warm-up ┼ steady ────┤`: a name that does not fit is cut. */
const phaseLine = (phases: readonly Phase[], place: (at: number) => number): string => {
  let from = 0;
  const parts = phases.map(({ name, seconds }) => {
    const width = place(from + seconds) - place(from);
    from += seconds;
    return width <= 0 ? '' : `├${` ${name} `.slice(0, width - 1).padEnd(width - 1, '─')}`;
  });
  return `${parts.join('')}┤`;
};

/** How long it lasts by what it says itself; one that does not say is a blow. */
const secondsOf = (fault: Fault): number => {
  const { seconds, restartAfterSeconds } = fault as { readonly seconds?: number; readonly restartAfterSeconds?: number };
  return seconds ?? restartAfterSeconds ?? 0;
};

const faultLine = (fault: Fault, phases: readonly Phase[], place: (at: number) => number, columns: number): string => {
  const index = phases.findIndex(({ name }) => name === fault.at.phase);
  const from = phases.slice(0, Math.max(0, index)).reduce((sum, { seconds }) => sum + seconds, 0) + fault.at.afterSeconds;
  const length = Math.max(0, place(from + secondsOf(fault)) - place(from) - 1);
  return `${' '.repeat(place(from))}↯${'━'.repeat(length)}`.padEnd(columns) + `  ${fault.name}`;
};

const scaleLine = (seconds: number, columns: number): string => {
  const end = `${Number(seconds.toFixed(1))} s`;
  return `0${end.padStart(columns)}`;
};
