// All rules of one profile, in the order in which a reader meets them: user impact first.
import { booksGroup } from './books-alerts.ts';
import { burnRateGroup } from './burn-rate.ts';
import { ingestGroup } from './ingest-alerts.ts';
import type { Profile } from './profile.ts';
import { recoveryGroup } from './recovery-alerts.ts';
import type { RuleGroup } from './rule.ts';
import { slos } from './slo.ts';
import { telemetryGroup } from './telemetry-alerts.ts';
import { workerGroup } from './worker-alerts.ts';

export const ruleGroups = (profile: Profile): readonly RuleGroup[] => [
  ...slos.map((slo) => burnRateGroup(slo, profile)),
  ingestGroup(profile),
  workerGroup(profile),
  recoveryGroup(profile),
  booksGroup(profile),
  telemetryGroup(profile),
];
