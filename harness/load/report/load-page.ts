// report.html of a load run: one file, with the same look, chart library and script as the report of scenarios.
import { readAssets, type PageAssets } from '../../report/html/assets.ts';
import { html, type Markup } from '../../report/html/markup.ts';
import { renderShell } from '../../report/html/page-shell.ts';
import { badge } from '../../report/html/section-summary.ts';
import { count, milliseconds, seconds } from '../../report/console/numbers.ts';
import type { GateResult, LoadResult, PhaseResult } from '../result.ts';
import { errorsText, gateValue, percent, rate } from './figures.ts';
import { loadPlots } from './load-plots.ts';
import { capacitySentence, comparedSentences, kneeSentence } from './sentences.ts';

export const renderLoadPage = async (result: LoadResult): Promise<string> => toPage(result, await readAssets());

const toPage = (result: LoadResult, assets: PageAssets): string => {
  const plots = loadPlots(result);
  const body = html`<header class="top ${result.verdict}">
      <p class="eyebrow">faultline load · ${result.startedAt.replace('T', ' ').slice(0, 19)} UTC</p>
      <h1>${badge(result.verdict)} ${result.request.method} ${result.target}</h1>
      <p class="lead">
        Requests were sent at planned times, however slow the answers were. Latency counts from the time at which a request was due; what
        was given up counts with the time waited. Where the generator itself was late, nothing is green.
      </p>
      ${result.capacity === null ? null : html`<p class="lead"><strong>${capacitySentence(result.capacity)}</strong></p>`}
      ${result.doubts.map((doubt) => html`<p class="problem">In doubt: ${doubt}</p>`)} ${gateTable(result.gates)} ${facts(result)}
    </header>
    <main>
      <section class="scenario">
        <h2>${result.knee === null ? 'Over time' : 'The knee'}</h2>
        <div class="plots">
          ${(result.knee === null ? plots.plots : []).map(({ id, title, unit, summary }) => plotOf(id, title, unit, summary))}
        </div>
        ${phaseTable(result.measured.phases)} ${probesOf(result)} ${kneeOf(result)} ${comparedOf(result)}
      </section>
    </main>
    <footer>Written by faultline ${result.versions['faultline'] ?? ''} from load.json, which is beside this file.</footer>`;
  return renderShell({ title: `${result.verdict}: load on ${result.target}`, body, plots: { load: plots }, assets });
};

const plotOf = (id: string, title: string, unit: string, summary: string): Markup =>
  html`<figure>
    <figcaption><strong>${title}</strong> <span class="unit">${unit}</span><br /><span class="hint">${summary}</span></figcaption>
    <div class="plot" data-scenario="load" data-plot="${id}" role="img" aria-label="${title}. ${summary}"></div>
  </figure>`;

type Cells = readonly (string | Markup)[];

const table = (caption: string, heads: readonly string[], rows: readonly Cells[]): Markup =>
  html`<div class="scroll">
    <table class="summary">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

const verdictOf = { holds: 'pass', missed: 'fail', unproven: 'inconclusive' } as const;

const gateTable = (gates: readonly GateResult[]): Markup =>
  table(
    'Gates',
    ['Gate', 'Phase', 'Measured', 'Outcome', 'Because'],
    gates.map((gate) => [gate.slo, gate.phase, gateValue(gate), html`${badge(verdictOf[gate.outcome])}`, gate.because ?? '']),
  );

const facts = ({ seed, driver, processes, arrivals, machine, measured, plan }: LoadResult): Markup => {
  const pairs: readonly (readonly [string, string])[] = [
    ['Seed', String(seed)],
    ['Driver', `${driver}, ${processes} process${processes === 1 ? '' : 'es'}, ${arrivals} arrivals`],
    ['Plan', seconds(plan.reduce((sum, stage) => sum + stage.seconds, 0))],
    ['Generator', `${measured.generatorCpuSeconds.toFixed(2)} s of CPU`],
    ['Machine', `${machine.cpus} × ${machine.model}`],
  ];
  return html`<dl class="facts">
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
};

const phaseTable = (phases: readonly PhaseResult[]): Markup =>
  table(
    'Phases. “Late”: handed over more than 10 ms after its time, by the generator’s own fault. “Blocked”: found no free connection, which is in the latency.',
    [
      'Phase',
      'Sent',
      'Answered',
      'Errors',
      'Throughput',
      'p50',
      'p90',
      'p95',
      'p99',
      'p99.9',
      'Max',
      'Late',
      'Worst delay',
      'Blocked',
      'Retries',
    ],
    phases.map((phase) => {
      const { p50, p90, p95, p99, p999, max } = phase.latencyMs;
      const errors = phase.failed === 0 ? '0' : `${percent(phase.errorShare)}: ${errorsText(phase.errors)}`;
      return [
        `${phase.name}${phase.kind === 'warm-up' ? ' (not judged)' : ''}`,
        count(phase.sent),
        count(phase.ok),
        errors,
        rate(phase.throughput),
        ...[p50, p90, p95, p99, p999, max].map(milliseconds),
        percent(phase.lateRatio),
        milliseconds(phase.scheduleDelayMs.max),
        percent(phase.blockedRatio),
        count(phase.retries),
      ];
    }),
  );

const probesOf = ({ capacity }: LoadResult): Markup | null =>
  capacity === null
    ? null
    : html`<h3>The search</h3>
        ${table(
          'Each probe settled first. The plots above are of the last one at the rate that was found.',
          ['Rate', 'Why', 'Outcome', 'p50', 'p99', 'Errors', 'Late', 'Because'],
          capacity.probes.map(({ ratePerSecond, purpose, outcome, p50, p99, errorShare, lateRatio, because }) => [
            rate(ratePerSecond),
            purpose,
            html`${badge(verdictOf[outcome])}`,
            milliseconds(p50),
            milliseconds(p99),
            percent(errorShare),
            percent(lateRatio),
            because ?? '',
          ]),
        )}`;

const comparedOf = ({ compared }: LoadResult): Markup | null =>
  compared === null
    ? null
    : html`<h3>Compared with an earlier run</h3>
        <pre>${comparedSentences(compared).join('\n')}</pre>`;

const kneeOf = ({ knee }: LoadResult): Markup | null =>
  knee === null
    ? null
    : html`<h3>Saturation in a closed loop</h3>
        <p>${kneeSentence(knee)}</p>
        ${table(
          'Each connection sends when its last request was answered: latencies are not those of users.',
          ['Connections', 'Answers', 'Errors', 'p50', 'p99'],
          knee.steps.map(({ connections, answersPerSecond, errors, p50Ms, p99Ms }) => [
            count(connections),
            rate(answersPerSecond),
            count(errors),
            milliseconds(p50Ms),
            milliseconds(p99Ms),
          ]),
        )}`;
