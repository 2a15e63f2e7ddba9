// One page of plots beside the table: what each sender was told, and how long it waited, through each fault.
import { readAssets } from '../report/html/assets.ts';
import { html, type Markup } from '../report/html/markup.ts';
import { renderShell } from '../report/html/page-shell.ts';
import type { Plot, ScenarioPlots } from '../report/html/plot-data.ts';
import { type FaultRun, traffic } from './run-fault.ts';
import { candidatesOf, choices, type Comparison, tableOf } from './table.ts';

const sliceSeconds = 0.25;
const roles = ['good', 'refused', 'second'] as const;

export const renderComparison = async (comparison: Comparison, machine: string): Promise<string> => {
  const faults = [...new Set(comparison.runs.map(({ fault }) => fault))];
  const plots = Object.fromEntries(faults.map((fault) => [fault, plotsOf(comparison.runs.filter((run) => run.fault === fault))]));
  const body = html`<header class="top">
      <p class="eyebrow">faultline compare · ${machine}</p>
      <h1>Which door for which need</h1>
      <p class="lead">
        The same events, ${traffic.ratePerSecond} a second, sent once each, through the same two faults at second ${traffic.faultAtSeconds}.
        Nobody sends again: what a sender was told is what it knows.
      </p>
      ${table(comparison)}
      <dl class="facts">
        ${choices.map(
          ([need, choose]) =>
            html`<div>
              <dt>${need}</dt>
              <dd>${choose}</dd>
            </div>`,
        )}
      </dl>
    </header>
    <main>
      ${faults.map(
        (fault) =>
          html`<section class="scenario">
            <h2>${fault}</h2>
            <div class="plots">${(plots[fault]?.plots ?? []).map((plot) => figureOf(fault, plot))}</div>
          </section>`,
      )}
    </main>`;
  return renderShell({ title: 'Which door for which need', body, plots, assets: await readAssets() });
};

const table = (comparison: Comparison): Markup =>
  html`<div class="scroll">
    <table class="summary">
      <thead>
        <tr>
          <th scope="col"></th>
          ${candidatesOf(comparison).map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${tableOf(comparison).map(
          ({ what, values }) =>
            html`<tr>
              <th scope="row">${what}</th>
              ${values.map((value) => html`<td>${value}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

const figureOf = (fault: string, { id, title, unit, summary }: Plot): Markup =>
  html`<figure>
    <figcaption><strong>${title}</strong> <span class="unit">${unit}</span><br /><span class="hint">${summary}</span></figcaption>
    <div class="plot" data-scenario="${fault}" data-plot="${id}" role="img" aria-label="${title}. ${summary}"></div>
  </figure>`;

const plotsOf = (runs: readonly FaultRun[]): ScenarioPlots => {
  const x = Array.from({ length: Math.ceil(traffic.seconds / sliceSeconds) }, (_, slice) => (slice + 0.5) * sliceSeconds);
  const slicesOf = ({ events }: FaultRun) => x.map((middle) => events.filter(({ at }) => Math.abs(at - middle) <= sliceSeconds / 2));
  const seriesOf = (valueOf: (events: FaultRun['events']) => number | null) =>
    runs.map((run, place) => ({ label: run.candidate, role: roles[place] ?? ('unknown' as const), values: slicesOf(run).map(valueOf) }));
  const down = traffic.faultAtSeconds + traffic.downSeconds;
  return {
    bands: [
      { name: 'calm', kind: 'steady', from: 0, to: traffic.faultAtSeconds },
      { name: 'down', kind: 'fault', from: traffic.faultAtSeconds, to: down },
      { name: 'after', kind: 'heal', from: down, to: traffic.seconds },
    ],
    marks: [],
    until: traffic.seconds,
    plots: [
      {
        id: 'told',
        title: 'Events that went well in their sender’s eyes',
        unit: 'a second: acknowledged, or by UDP handed to the kernel',
        summary: 'By UDP nothing shows at the sender: whoever looks there sees a quiet day.',
        x,
        series: seriesOf((events) => events.filter(({ told }) => told === 'acknowledged' || told === 'handed').length / sliceSeconds),
      },
      {
        id: 'wait',
        title: 'How long the unluckiest sender waited',
        unit: 'ms, logarithmic',
        logarithmic: true,
        summary: 'The longest wait of each quarter of a second.',
        x,
        series: seriesOf((events) => (events.length === 0 ? null : Math.max(0.01, ...events.map(({ waitMs }) => waitMs)))),
      },
    ],
  };
};
