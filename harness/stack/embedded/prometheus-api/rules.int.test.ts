import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetricStore } from '../metrics/metric-store.ts';
import { prometheusApi } from '../prometheus-api.ts';
import { labelsFrom } from '../promql/labels.ts';
import { readRuleFile } from '../rules/reading/read-rule-file.ts';
import { createRulesEngine } from '../rules/rules-engine.ts';

const start = 1_700_000_000_000;

const alpha = `
groups:
  - name: alpha
    limit: 9
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
        labels: { kind: sum }
      - alert: Down
        expr: up == 0
        for: 1m
        keep_firing_for: 30s
        labels: { severity: page }
        annotations: { summary: '{{ $labels.job }} is down' }
`;
const beta = `
groups:
  - name: beta
    interval: 10s
    rules:
      - { alert: Never, expr: up > 2 }
      - { alert: Broken, expr: 'up + on () up' }
  - name: gamma
    rules: [{ alert: Later, expr: up }]
`;

const store = createMetricStore({ retentionMs: 1e12 });
const groups = [...readRuleFile('beta.yml', beta).groups, ...readRuleFile('alpha.yml', alpha).groups];
const engine = createRulesEngine({ groups, store, intervalMs: 1000, nowMs: () => start + 250 });
const app = fastify();
let address = '';

beforeAll(async () => {
  for (const [job, value] of [
    ['a', 1],
    ['b', 0],
    ['c', 0],
  ] as const)
    store.append(labelsFrom({ __name__: 'up', job }), start, value);
  for (const group of engine.groups.slice(0, 2)) Array.from(group.evaluate(start));
  await app.register(
    prometheusApi(store, { now: () => start }, { rules: { statuses: engine.statuses, receivers: () => ['http://hook.test/'] } }),
  );
  address = await app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await app.close();
});

type Group = { readonly name: string; readonly rules: readonly { readonly name: string; readonly alerts?: unknown }[] };
type Body = {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly groups: readonly Group[]; readonly groupNextToken?: string };
};

const get = async (path: string): Promise<Body> => (await (await fetch(`${address}${path}`)).json()) as Body;

const names = async (query: string): Promise<readonly string[]> =>
  (await get(`/api/v1/rules?${query}`)).data.groups.flatMap((group) => group.rules.map(({ name }) => `${group.name}/${name}`));

const activeAt = '2023-11-14T22:13:20Z';

describe('/api/v1/rules', () => {
  it('gives a recording rule in the very shape of Prometheus', async () => {
    const { data } = await get('/api/v1/rules?rule_name[]=job:up:sum');
    expect(data).toEqual({
      groups: [
        {
          name: 'alpha',
          file: 'alpha.yml',
          interval: 1,
          limit: 9,
          evaluationTime: 0,
          lastEvaluation: '2023-11-14T22:13:20.25Z',
          rules: [
            {
              name: 'job:up:sum',
              query: 'sum by (job) (up)',
              labels: { kind: 'sum' },
              health: 'ok',
              evaluationTime: 0,
              lastEvaluation: '2023-11-14T22:13:20.25Z',
              type: 'recording',
            },
          ],
        },
      ],
    });
  });

  it('gives an alerting rule with its alerts', async () => {
    const { data } = await get('/api/v1/rules?rule_name[]=Down');
    const alert = (job: string): unknown => ({
      labels: { alertname: 'Down', job, severity: 'page' },
      annotations: { summary: `${job} is down` },
      state: 'pending',
      activeAt,
      value: '0e+00',
    });
    expect(data.groups[0]!.rules).toEqual([
      {
        state: 'pending',
        name: 'Down',
        query: 'up == 0',
        duration: 60,
        keepFiringFor: 30,
        labels: { severity: 'page' },
        annotations: { summary: '{{ $labels.job }} is down' },
        alerts: [alert('b'), alert('c')],
        health: 'ok',
        evaluationTime: 0,
        lastEvaluation: '2023-11-14T22:13:20.25Z',
        type: 'alerting',
      },
    ]);
  });

  it('says what failed, and what was never evaluated', async () => {
    expect((await get('/api/v1/rules?rule_group[]=beta')).data.groups[0]!.rules).toMatchObject([
      { state: 'inactive', alerts: [], health: 'ok' },
      { state: 'inactive', health: 'err', lastError: expect.stringContaining('many-to-many matching not allowed') },
    ]);
    expect((await get('/api/v1/rules?rule_group[]=gamma')).data.groups[0]!.rules).toMatchObject([
      { state: 'unknown', health: 'unknown', lastEvaluation: '0001-01-01T00:00:00Z' },
    ]);
  });

  it('filters by type, name, group, file and matchers, and leaves out groups that have nothing then', async () => {
    expect(await names('type=record')).toEqual(['alpha/job:up:sum']);
    expect(await names('type=alert')).toEqual(['alpha/Down', 'beta/Never', 'beta/Broken', 'gamma/Later']);
    expect(await names('rule_name[]=Never&rule_name[]=Down')).toEqual(['alpha/Down', 'beta/Never']);
    expect(await names('file[]=beta.yml&rule_group[]=gamma')).toEqual(['gamma/Later']);
    expect(await names(`match[]=${encodeURIComponent('{severity="page"}')}&match[]=${encodeURIComponent('{kind=~"s.*"}')}`)).toEqual([
      'alpha/job:up:sum',
      'alpha/Down',
    ]);
    expect(await names('rule_name[]=Nothing')).toEqual([]);
  });

  it('leaves the alerts out where it is asked to', async () => {
    const { data } = await get('/api/v1/rules?rule_name[]=Down&exclude_alerts=true');
    expect(data.groups[0]!.rules[0]!.alerts).toBeNull();
  });

  it('gives pages of groups, each with the token of the next', async () => {
    const first = (await get('/api/v1/rules?group_limit=2')).data;
    expect([first.groups.map(({ name }) => name), first.groupNextToken]).toEqual([
      ['alpha', 'beta'],
      expect.stringMatching(/^[\da-f]{64}$/),
    ]);
    const second = (await get(`/api/v1/rules?group_limit=2&group_next_token=${first.groupNextToken}`)).data;
    expect([second.groups.map(({ name }) => name), second.groupNextToken]).toEqual([['gamma'], undefined]);
  });

  it('refuses what it does not know, as Prometheus words it', async () => {
    const wrong = async (query: string): Promise<string | undefined> => (await get(`/api/v1/rules?${query}`)).error;
    expect(await wrong('type=other')).toBe('invalid parameter "type": not supported value "other"');
    expect(await wrong('group_next_token=x')).toContain('group_limit needs to be present');
    expect(await wrong('group_limit=0')).toContain('group_limit needs to be greater than 0');
    expect(await wrong('group_limit=many')).toContain('needs to be a valid number');
    expect(await wrong('group_limit=1&group_next_token=x')).toContain("invalid group_next_token 'x'. were rule groups changed?");
    expect(await wrong('exclude_alerts=maybe')).toContain('error converting exclude_alerts');
    expect(await wrong('match[]=sum(up)')).toBeDefined();
  });
});

describe('/api/v1/alerts and /api/v1/alertmanagers', () => {
  it('give what is active, and where it is sent', async () => {
    const { data } = (await get('/api/v1/alerts')) as unknown as { data: { alerts: readonly { labels: Record<string, string> }[] } };
    expect(data.alerts.map(({ labels }) => labels['job'])).toEqual(['b', 'c']);
    expect((await get('/api/v1/alertmanagers')).data).toEqual({
      activeAlertmanagers: [{ url: 'http://hook.test/' }],
      droppedAlertmanagers: [],
    });
  });
});
