// The dashboards of this repository: all that they hold is understood, and every query of theirs can be filled in.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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

  it('says of each panel which question it answers', () => {
    const silent = dashboard.sections.flatMap(({ panels }) => panels).filter(({ description }) => description === '');
    expect(silent.map(({ title }) => title)).toEqual([]);
  });
});
