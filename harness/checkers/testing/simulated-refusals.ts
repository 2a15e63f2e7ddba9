// Test support: what a truthful telemetry says of refusals at the end of a run.
import type { Series } from '../../engine/run-data.ts';
import type { Operation } from '../../history/operation.ts';
import type { SimulatedRun } from './simulated-run.ts';

/** By code, and by tenant where there are tenants. */
export const refusedSeries = ({ plan, operations, timeline }: Pick<SimulatedRun, 'plan' | 'operations' | 'timeline'>): Series[] => {
  const at = timeline.zeroAt / 1000 + 60;
  const { tenants } = plan.scenario.traffic;
  const refused = Map.groupBy(
    operations.filter(({ outcome, code }) => outcome === 'failed' && code !== null),
    ({ code, systemName }) => (tenants === undefined ? (code as string) : `${code} ${systemName}`),
  );
  return [...refused.values()].map((list) => {
    const { code, systemName } = list[0] as Operation;
    const tenant = tenants === undefined ? {} : { faultline_tenant: systemName };
    return { labels: { error_code: code as string, instance: 'ingest-1', ...tenant }, samples: [[at, list.length]] };
  });
};
