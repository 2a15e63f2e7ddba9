// rules: all groups with their rules and alerts, filtered and by pages, in Prometheus' shape.
import { createHash } from 'node:crypto';
import { labelsFrom, labelValue } from '../promql/labels.ts';
import type { Matcher } from '../promql/matcher.ts';
import { printExpression } from '../promql/syntax/print-expression.ts';
import { activeAlerts, stateOf } from '../rules/alert-state.ts';
import type { GroupStatus, RuleStatus } from '../rules/rule-group.ts';
import { alertJson } from './alerts.ts';
import type { Answer, ApiContext } from './answer.ts';
import { invalidParameter } from './envelope.ts';
import { selectorOf } from './label-queries.ts';
import type { Parameters } from './parameters.ts';
import { instantText } from './time-text.ts';

type Filter = {
  readonly type: string;
  readonly rules: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
  readonly selectors: readonly (readonly Matcher[])[];
  readonly withAlerts: boolean;
};

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'true'].map((text) => [text, true] as const),
  ...['', '0', 'f', 'false'].map((text) => [text, false] as const),
]);

const readFilter = (parameters: Parameters): Filter => {
  const setOf = (name: string): ReadonlySet<string> => new Set(parameters.all(name));
  const type = parameters.first('type').toLowerCase();
  if (!['', 'alert', 'record'].includes(type)) throw invalidParameter('type', `not supported value ${JSON.stringify(type)}`);
  const excluded = parameters.first('exclude_alerts').toLowerCase();
  const excludesAlerts = booleans.get(excluded);
  if (excludesAlerts === undefined) {
    const why = `strconv.ParseBool: parsing ${JSON.stringify(excluded)}: invalid syntax`;
    throw invalidParameter('exclude_alerts', `error converting exclude_alerts: ${why}`);
  }
  return {
    type,
    rules: setOf('rule_name[]'),
    groups: setOf('rule_group[]'),
    files: setOf('file[]'),
    selectors: parameters.all('match[]').map(selectorOf),
    withAlerts: !excludesAlerts,
  };
};

const allows = (set: ReadonlySet<string>, value: string): boolean => set.size === 0 || set.has(value);

const isAsked = ({ rule }: RuleStatus, { type, rules, selectors }: Filter): boolean => {
  if (!allows(rules, rule.name) || (type !== '' && rule.kind !== (type === 'alert' ? 'alerting' : 'recording'))) return false;
  const labels = labelsFrom(rule.labels);
  const matches = (matchers: readonly Matcher[]): boolean => matchers.every((matcher) => matcher.matches(labelValue(labels, matcher.name)));
  return selectors.length === 0 || selectors.some(matches);
};

const ruleJson = (status: RuleStatus, { withAlerts }: Filter): unknown => {
  const { rule, health, lastError, evaluationSeconds, evaluatedAtMs, alerts } = status;
  const evaluation = {
    health,
    ...(lastError === '' ? {} : { lastError }),
    evaluationTime: evaluationSeconds,
    lastEvaluation: instantText(evaluatedAtMs),
  };
  const { name, labels } = rule;
  const query = printExpression(rule.expression);
  if (rule.kind === 'recording') return { name, query, labels, ...evaluation, type: 'recording' };
  return {
    state: evaluatedAtMs === null ? 'unknown' : stateOf(alerts),
    name,
    query,
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    labels,
    annotations: rule.annotations,
    // Null, not an empty list, is what Prometheus gives where they are left out.
    alerts: withAlerts ? activeAlerts(alerts).map(alertJson) : null,
    ...evaluation,
    type: 'alerting',
  };
};

const groupJson = ({ group, intervalMs, evaluationSeconds, evaluatedAtMs, rules }: GroupStatus, filter: Filter) => ({
  name: group.name,
  file: group.file,
  rules: rules.filter((rule) => isAsked(rule, filter)).map((rule) => ruleJson(rule, filter)),
  interval: intervalMs / 1000,
  limit: group.limit,
  evaluationTime: evaluationSeconds,
  lastEvaluation: instantText(evaluatedAtMs),
});

const tokenOf = ({ group }: GroupStatus): string => createHash('sha256').update(`${group.file};${group.name}`).digest('hex');

type Page = { readonly limit: number; readonly from: string };

const readPage = (parameters: Parameters): Page => {
  const [limit, from] = [parameters.first('group_limit'), parameters.first('group_next_token')];
  if (from !== '' && limit === '') {
    throw invalidParameter('group_next_token', 'group_limit needs to be present in order to paginate over the groups');
  }
  if (limit !== '' && !/^[+-]?\d{1,9}$/.test(limit)) {
    throw invalidParameter(
      'group_limit',
      `group_limit needs to be a valid number: strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`,
    );
  }
  if (limit !== '' && Number(limit) <= 0) throw invalidParameter('group_limit', 'group_limit needs to be greater than 0');
  return { limit: limit === '' ? Infinity : Number(limit), from };
};

const startOf = (groups: readonly GroupStatus[], { from }: Page): number => {
  if (from === '') return 0;
  const start = groups.findIndex((group) => tokenOf(group) === from);
  if (start < 0) throw invalidParameter('group_next_token', `invalid group_next_token '${from}'. were rule groups changed?`);
  return start;
};

export const rulesOf = (parameters: Parameters, { rules }: ApiContext): Answer => {
  const filter = readFilter(parameters);
  const page = readPage(parameters);
  const statuses = rules.statuses();
  const asked = statuses
    .slice(startOf(statuses, page))
    .filter(({ group }) => allows(filter.groups, group.name) && allows(filter.files, group.file))
    .map((status) => ({ status, json: groupJson(status, filter) }))
    .filter(({ json }) => json.rules.length > 0);
  const next = asked[page.limit];
  const groups = asked.slice(0, page.limit).map(({ json }) => json);
  return { data: { groups, ...(next === undefined ? {} : { groupNextToken: tokenOf(next.status) }) } };
};

/** For whoever has no rules. */
export const noRules = { statuses: (): readonly GroupStatus[] => [], receivers: (): readonly string[] => [] };
