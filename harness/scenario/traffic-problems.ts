// Mistakes in a scenario's traffic, each with its place.
import { type Reporter, isAmount, isShare, isWhole } from './problem.ts';
import type { PoisonKind, Traffic } from './scenario.ts';

export const poisonKinds: readonly PoisonKind[] = [
  'broken-json',
  'wrong-types',
  'oversized',
  'hostile-text',
  'handler-throws',
  'handler-hangs',
];
const mostKeys = 1_000_000;

export const trafficProblems = (traffic: Traffic, report: Reporter): void => {
  if (typeof traffic !== 'object' || traffic === null) return report('traffic', 'must be an object');
  const { arrivals, keys, duplicates, disorder } = traffic;
  if (arrivals !== 'poisson' && arrivals !== 'constant')
    report('traffic.arrivals', `must be poisson or constant, not ${JSON.stringify(arrivals)}`);
  if (keys?.kind !== 'zipf' && keys?.kind !== 'uniform') report('traffic.keys.kind', 'must be zipf or uniform');
  if (!isWhole(keys?.count, 1, mostKeys)) report('traffic.keys.count', `must be a whole number from 1 to ${mostKeys}`);
  if (keys?.kind === 'zipf' && !(isAmount(keys.exponent) && keys.exponent <= 4))
    report('traffic.keys.exponent', 'must be above 0 and at most 4');
  if (duplicates !== undefined) {
    if (!isShare(duplicates.share)) report('traffic.duplicates.share', 'must be above 0 and at most 1; leave duplicates out for none');
    if (!isWhole(duplicates.withinMs, 1, 3_600_000))
      report('traffic.duplicates.withinMs', 'must be a whole number of milliseconds, 1 or more');
  }
  if (disorder !== undefined) {
    if (!isShare(disorder.share)) report('traffic.disorder.share', 'must be above 0 and at most 1; leave disorder out for none');
    if (!isWhole(disorder.places, 1, 100_000)) report('traffic.disorder.places', 'must be a whole number, 1 or more');
  }
  poisonProblems(traffic.poison, report);
};

const poisonProblems = (poison: Traffic['poison'], report: Reporter): void => {
  if (poison === undefined) return;
  if (!isShare(poison.share)) report('traffic.poison.share', 'must be above 0 and at most 1; leave poison out for none');
  if (!Array.isArray(poison.kinds) || poison.kinds.length === 0) return report('traffic.poison.kinds', 'must name at least one kind');
  for (const kind of poison.kinds) {
    if (!poisonKinds.includes(kind))
      report('traffic.poison.kinds', `there is no poison ${JSON.stringify(kind)}; there are ${poisonKinds.join(', ')}`);
  }
  if (poison.kinds.every((kind) => kind === 'oversized'))
    report('traffic.poison.kinds', 'must have another kind beside oversized, whose number is bounded');
};
