// Test support: the lag that a truthful telemetry shows of a run, once a second.
import type { RunData, Series } from '../../engine/run-data.ts';
import { lagHistory } from '../../history/lag-history.ts';

export const lagSeries = (run: RunData, processor: string): Series => {
  const history = lagHistory(run, processor);
  const { zeroAt, drainedAt } = run.timeline;
  const seconds = Math.ceil(((drainedAt ?? zeroAt) - zeroAt) / 1000);
  return {
    labels: { faultline_processor: processor },
    samples: Array.from({ length: seconds }, (_unused, second) => [zeroAt / 1000 + second, history.at(zeroAt + second * 1000)] as const),
  };
};
