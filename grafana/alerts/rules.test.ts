// The committed rules are those of their source, and nothing that a person who is woken needs is missing from them.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { signals } from '../../system/contract/signals.ts';
import { namedIn } from './source/metrics-in.ts';
import { production, run } from './source/profile.ts';
import { renderRules } from './source/render-rules.ts';
import { readRunbooksPlace } from './source/runbooks-place.ts';
import { isAlert } from './source/rule.ts';
import { ruleGroups } from './source/rule-groups.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const rulesOf = (profile: typeof run) => ruleGroups(profile).flatMap(({ rules }) => rules);
const alertNames = [
  ...new Set(
    rulesOf(run)
      .filter(isAlert)
      .map(({ alert }) => alert),
  ),
].toSorted();

describe.each([production, run])('the rules of profile $name', (profile) => {
  const rules = rulesOf(profile);
  const alerts = rules.filter(isAlert);
  const recorded = rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record]));

  test('are committed as their source makes them (npm run alerts writes them)', () => {
    expect(read(`${profile.name}.rules.yml`)).toBe(renderRules(profile));
  });

  test('can be read, and name only metrics of the catalogue or series that they record themselves', () => {
    const known = new Set<string>([
      ...recorded,
      ...Object.values(signals).flatMap(({ kind, promName }) =>
        kind === 'histogram' ? [`${promName}_bucket`, `${promName}_count`, `${promName}_sum`] : [promName],
      ),
    ]);
    for (const { expr } of rules) {
      const { metrics, errors } = namedIn(expr);
      expect({ expr, errors, found: metrics.length > 0, unknown: metrics.filter((name) => !known.has(name)) }).toEqual({
        expr,
        errors: 0,
        found: true,
        unknown: [],
      });
    }
  });

  test('keep run and scenario in each aggregation, so that several runs can share one Prometheus', () => {
    for (const { expr } of rules) {
      const lost = namedIn(expr).groupings.filter((labels) => !labels.includes('faultline_run') || !labels.includes('faultline_scenario'));
      expect({ expr, lost }).toEqual({ expr, lost: [] });
    }
  });

  test('speak only of labels that their alerts have', () => {
    for (const { alert, expr, labels, summary, description } of alerts) {
      const spoken = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, name]) => name as string);
      // A burn rate's labels are those of the series that it compares.
      const text = expr.startsWith('faultline:')
        ? rules.flatMap((rule) => (!isAlert(rule) && expr.includes(rule.record) ? [rule.expr] : [])).join(' ')
        : expr;
      expect({ alert, unknown: spoken.filter((name) => !text.includes(name) && labels?.[name] === undefined) }).toEqual({
        alert,
        unknown: [],
      });
    }
  });

  test('fire by the same names as those of the other profile', () => {
    expect([...new Set(alerts.map(({ alert }) => alert))].toSorted()).toEqual(alertNames);
  });

  test('are each tested to fire and to end', () => {
    const tested = testsOf(profile.name);
    for (const alert of alertNames) {
      const cases = tested.filter(({ expr }) => expr.includes(`alertname="${alert}"`));
      const firing = cases.map(({ samples }) => samples.filter(({ labels }) => labels.includes('alertstate="firing"')).length);
      expect({
        alert,
        fires: Math.max(...firing) > 0,
        ends: firing.some((count, at) => count < Math.max(...firing.slice(0, at), 0)),
      }).toEqual({
        alert,
        fires: true,
        ends: true,
      });
    }
  });
});

type TestCase = { readonly expr: string; readonly samples: readonly { readonly labels: string }[] };
type TestFile = {
  readonly tests: readonly {
    readonly promql_expr_test: readonly { readonly expr: string; readonly exp_samples: readonly { readonly labels: string }[] }[];
  }[];
};

const testsOf = (profile: string): readonly TestCase[] =>
  readdirSync(new URL('tests/', import.meta.url))
    .filter((name) => name.startsWith(`${profile}-`))
    .flatMap((name) => (parse(read(`tests/${name}`)) as TestFile).tests)
    .flatMap(({ promql_expr_test }) => promql_expr_test)
    .map(({ expr, exp_samples }) => ({ expr, samples: exp_samples }));

describe('--runbooks', () => {
  test.each([
    [[], 'docs/runbooks/'],
    [['--runbooks', 'https://wiki.example/runbooks'], 'https://wiki.example/runbooks/'],
    [['--runbooks', 'https://wiki.example/runbooks/'], 'https://wiki.example/runbooks/'],
  ])('%j puts the page of an alert right below %s', (parameters, place) => {
    const rules = renderRules(run, readRunbooksPlace(parameters));
    expect(rules).toContain(`runbook_url: ${place}FaultlineWatchdog.md\n`);
  });

  test.each([[['--runbooks', '']], [['--runbooks', 'not a place']], [['--runbooks', 'https://x?page=']], [['--runbook', 'x']], [['x']]])(
    '%j is refused',
    (parameters) => expect(() => readRunbooksPlace(parameters)).toThrow(/--runbooks|'--runbook'|'x'/),
  );
});

describe('runbooks', () => {
  const folder = '../../docs/runbooks/';
  const pages = readdirSync(new URL(folder, import.meta.url)).map((name) => name.replace(/\.md$/, ''));

  test('are there for each alert, and for nothing else', () => {
    expect(pages.toSorted()).toEqual(alertNames);
  });

  test.each(pages)('%s says what the user sees, what to look at and do, and when it is over', (name) => {
    const headings = [...read(`${folder}${name}.md`).matchAll(/^##? (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([name, 'What the user sees', 'Look at', 'Do', 'It is over when']);
  });
});

type Route = { readonly receiver: string; readonly matchers?: readonly string[]; readonly routes?: readonly Route[] };
type Alertmanager = {
  readonly route: Route;
  readonly receivers: readonly { readonly name: string }[];
  readonly inhibit_rules: readonly { readonly equal: readonly string[] }[];
};

test('Alertmanager has a route for each severity, and a receiver for each route', () => {
  const { route, receivers } = parse(read('../alertmanager/alertmanager.yml')) as Alertmanager;
  const severities = [...new Set([...rulesOf(production), ...rulesOf(run)].filter(isAlert).map(({ severity }) => severity))];
  const routed = (route.routes ?? []).map(({ matchers, receiver }) => `${matchers?.join()} ${receiver}`);
  expect(routed.toSorted()).toEqual(severities.map((severity) => `severity="${severity}" ${severity}`).toSorted());
  expect(receivers.map(({ name }) => name).toSorted()).toEqual(severities.toSorted());
});

test('a page holds back tickets of the same run only', () => {
  const { inhibit_rules } = parse(read('../alertmanager/alertmanager.yml')) as Alertmanager;
  expect(inhibit_rules.map(({ equal }) => equal)).toEqual([['faultline_run', 'faultline_scenario']]);
});
