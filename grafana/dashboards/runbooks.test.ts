// Panels and runbooks lead to each other: an operator who comes from either must find the other.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { expect, test } from 'vitest';
import { dashboards } from './source/all.ts';
import { runbooks } from './source/runbooks.ts';

const folder = join(import.meta.dirname, '../../docs/runbooks');
const texts = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .map((name) => [name.slice(0, -'.md'.length), readFileSync(join(folder, name), 'utf8')] as const);

const isPanel = (panel: Panel | RowPanel): panel is Panel => panel.type !== 'row';
const panelsOf = new Map(
  dashboards.map(({ title = '', panels = [] }) => [title.replace('faultline / ', ''), panels.filter(isPanel)] as const),
);

/** `Pipeline › *Lag*, *Requests by status*`; pages of Prometheus itself are written in the same way. */
const mentions = (text: string): readonly (readonly [string, string])[] =>
  [...text.matchAll(/([A-Z][a-z ]+) › ((?:\*[^*]+\*(?:, )?)+)/g)].flatMap(([, dashboard = '', titles = '']) =>
    dashboard === 'Prometheus' ? [] : [...titles.matchAll(/\*([^*]+)\*/g)].map(([, title = '']) => [dashboard, title] as const),
  );

test('every runbook that a panel may lead to is written', () => {
  expect(runbooks.filter((name) => !texts.some(([written]) => written === name))).toEqual([]);
});

test('a panel leads to every runbook, but to that of the watchdog, which is about no panel', () => {
  const led = new Set(
    [...panelsOf.values()].flat().flatMap(({ links = [] }) => links.map(({ url = '' }) => /\/(\w+)\.md$/.exec(url)?.[1] ?? '')),
  );
  expect(texts.map(([name]) => name).filter((name) => !led.has(name))).toEqual(['FaultlineWatchdog']);
});

test('every panel that a runbook names is there', () => {
  const missing = texts.flatMap(([name, text]) =>
    mentions(text)
      .filter(([dashboard, title]) => panelsOf.get(dashboard)?.some((panel) => panel.title === title) !== true)
      .map(([dashboard, title]) => `${name}: ${dashboard} › ${title}`),
  );
  expect(missing).toEqual([]);
  expect(texts.flatMap(([, text]) => mentions(text)).length).toBeGreaterThan(50);
});
