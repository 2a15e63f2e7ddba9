// The dashboards of this repository: all that they hold is understood, and every query of theirs can be filled in.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldFor } from './display/field-for.ts';
import { showValue } from './display/show-value.ts';
import { queriesOf } from './queries-of.ts';
import { readDashboard } from './read-dashboard.ts';

const folder = join(import.meta.dirname, '../../grafana/dashboards');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

it('are there', () => expect(files).toContain('pipeline.json'));

describe.each(files)('%s', (file) => {
  const dashboard = readDashboard(JSON.parse(readFileSync(join(folder, file), 'utf8')));

  it('is found by its own name', () => expect(`${dashboard.uid}.json`).toBe(file));

  it('has a query for each of its panels, with no variable left in it', () => {
    const queries = queriesOf(dashboard, { variables: {}, fromMs: 0, toMs: 900_000, stepSeconds: 1, timeIntervalSeconds: 1 });
    const panels = dashboard.sections.flatMap((section) => section.panels).filter(({ view }) => view.type !== 'text');
    expect(panels.map(({ id }) => id).filter((id) => !queries.some(({ panelId }) => panelId === id))).toEqual([]);
    expect(queries.map(({ expr }) => expr).filter((expr) => /\$[a-z_{]/.test(expr))).toEqual([]);
  });

  it('says of a share of nothing that there was no traffic, in legends too, and of nothing at all something else', () => {
    const drawn = dashboard.sections.flatMap(({ panels }) => panels).filter(({ view }) => view.type === 'timeseries');
    expect(drawn.length).toBeGreaterThan(0);
    for (const panel of drawn) {
      const config = fieldFor(panel, { name: 'any', refId: 'A', kind: 'number' });
      expect([Number.NaN, null, 0].map((value) => showValue(value, config).text === 'no traffic')).toEqual([true, false, false]);
    }
  });

  it('says of each panel which question it answers', () => {
    const silent = dashboard.sections.flatMap(({ panels }) => panels).filter(({ description }) => description === '');
    expect(silent.map(({ title }) => title)).toEqual([]);
  });
});

it('colours log lines by their severity, whichever comes first', () => {
  const pipeline = readDashboard(JSON.parse(readFileSync(join(folder, 'pipeline.json'), 'utf8')));
  const panel = pipeline.sections.flatMap(({ panels }) => panels).find(({ title }) => title === 'Log lines by severity')!;
  const colorOf = (name: string) => fieldFor(panel, { name, refId: 'A', kind: 'number' }).color?.fixedColor;
  expect(['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].map(colorOf)).toEqual(['purple', 'blue', 'orange', 'red', 'dark-red']);
  expect(colorOf('another')).toBeUndefined();
});
