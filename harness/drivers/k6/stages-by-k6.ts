// The phases of a scenario as stages of k6, which knows even spacing and straight lines, and nothing else: what it can't send as planned is refused, not bent.
import { HarnessError } from '../../engine/errors.ts';
import type { TrafficSource } from '../../traffic/plan-events.ts';
import type { K6Stage } from './k6-plan.ts';

export const stagesByK6 = ({ name, phases, traffic }: TrafficSource): readonly K6Stage[] => {
  if (traffic.arrivals !== 'constant') throw cannot(name, `${traffic.arrivals} arrivals`);
  if (traffic.retries !== undefined) throw cannot(name, 'clients that try again');
  return phases.map(({ name: phase, seconds, ratePerSecond, shape }) => {
    if (shape !== undefined && shape.kind !== 'ramp') throw cannot(name, `the shape ${shape.kind} of ${phase}`);
    return { name: phase, seconds, fromPerSecond: ratePerSecond, toPerSecond: shape?.toPerSecond ?? ratePerSecond };
  });
};

const cannot = (scenario: string, what: string): HarnessError =>
  new HarnessError('FL_DRIVER_FAILED', `k6 can't send the traffic of ${scenario} as it is planned: ${what}. Take the http driver.`);
