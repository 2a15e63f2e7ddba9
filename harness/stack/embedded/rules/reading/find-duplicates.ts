// Rules that write the same series: Prometheus takes them, promtool warns of them.
import { formatLabels, labelsFrom } from '../../promql/labels.ts';
import type { RuleGroup } from '../rule.ts';

export const findDuplicates = (groups: readonly RuleGroup[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const rule of groups.flatMap(({ rules }) => rules)) {
    const identity = `${rule.name}${formatLabels(labelsFrom(rule.labels))}`;
    counts.set(identity, (counts.get(identity) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([identity, count]) => `${count} rules are ${identity}: their series may collide; tell them apart by a label`);
};
