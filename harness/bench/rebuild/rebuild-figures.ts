// The figures of a rebuild from how old its reads were. Pure. Where nothing was read nothing was measured: that is no age of 0, and never holds.
import { figure, type Figure } from '../figure.ts';
import type { Reads } from './live-traffic.ts';

export type Built = { readonly seconds: number; readonly building: Reads; readonly switching: Reads };

/** What 99 of 100 reads may be behind, as the system has it; and what any read may be, which is the steady scenario's bound on freshness. */
const freshnessBudgetMs = 250;
const oldestMs = 1000;

export const rebuildFigures = (events: number, calm: Reads, { seconds, building, switching }: Built): readonly Figure[] => {
  const what = 'the same reads before the rebuild';
  const against = { what, value: worst(calm) };
  const failed = calm.failed + building.failed + switching.failed;
  return [
    figure(`rebuild of ${events} events: its rate`, events / seconds, 'events/s', null, null),
    figure('rebuild: the oldest read while it is built', worst(building), 'ms', against, { of: 'value', atMost: oldestMs }),
    figure(
      'rebuild: 99 of 100 reads while it is built are no older than',
      at(building, 0.99),
      'ms',
      { what, value: at(calm, 0.99) },
      { of: 'value', atMost: freshnessBudgetMs },
    ),
    figure('rebuild: the oldest read over the switch and back', worst(switching), 'ms', against, { of: 'value', atMost: oldestMs }),
    figure('rebuild: reads that failed', failed, 'reads', null, { of: 'value', atMost: 0 }),
  ];
};

const worst = (reads: Reads): number => at(reads, 1);
const at = ({ agesMs }: Reads, share: number): number => agesMs.toSorted((a, b) => a - b)[Math.ceil(agesMs.length * share) - 1] ?? NaN;
