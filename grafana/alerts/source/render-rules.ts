// Rules -> the text of a Prometheus rule file. The order of keys is the one in which a reader looks for them.
import { stringify } from 'yaml';
import type { Profile } from './profile.ts';
import { type AlertRule, isAlert, type RecordingRule } from './rule.ts';
import { ruleGroups } from './rule-groups.ts';
import { ownRunbooks } from './runbooks-place.ts';

/** `runbooks`: where `runbook_url` leads, with a slash at its end. */
export const renderRules = (profile: Profile, runbooks = ownRunbooks): string => {
  const groups = ruleGroups(profile).map(({ name, rules }) => ({
    name,
    interval: profile.interval,
    rules: rules.map((rule) => (isAlert(rule) ? alertOf(rule, runbooks) : recordOf(rule))),
  }));
  return `${headOf(profile)}${stringify({ groups }, { lineWidth: 0, blockQuote: 'literal' })}`;
};

const headOf = ({ name, purpose }: Profile): string =>
  `# Rules ${purpose}. Written by \`npm run alerts\` from grafana/alerts/source (profile ${name}); a test holds the two equal.\n`;

const recordOf = ({ record, expr }: RecordingRule) => ({ record, expr });

const alertOf = (rule: AlertRule, runbooks: string) => ({
  alert: rule.alert,
  expr: rule.expr,
  ...(rule.for === undefined ? {} : { for: rule.for }),
  ...(rule.keepFiringFor === undefined ? {} : { keep_firing_for: rule.keepFiringFor }),
  labels: { severity: rule.severity, ...rule.labels },
  annotations: {
    summary: rule.summary,
    description: rule.description,
    without_traffic: rule.withoutTraffic,
    runbook_url: `${runbooks}${rule.alert}.md`,
  },
});
