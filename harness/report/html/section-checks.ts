// The checks: those that did not pass first, with their witnesses; then all of them by what they ask.
import type { CheckResult, Dimension, Finding } from '../../checkers/check.ts';
import type { ScenarioVerdict } from '../../engine/verdict.ts';
import { count, quantity } from '../console/numbers.ts';
import { html, type Markup, raw } from './markup.ts';
import { witnessOf } from './witness.ts';
import { badge } from './section-summary.ts';
import { dimensionOrder, questions } from './story.ts';

export const troubleSection = ({ results }: ScenarioVerdict): Markup | null => {
  const bad = results.filter(({ outcome }) => outcome !== 'pass');
  if (bad.length === 0) return null;
  return html`<div class="trouble">
    <h3>What did not pass</h3>
    ${bad.map(troubleOf)}
  </div>`;
};

const troubleOf = (result: CheckResult): Markup =>
  html`<article class="${result.outcome}">
    <h4>${badge(result.outcome)} <code>${result.id}</code></h4>
    <p>${result.summary}</p>
    ${findingsOf(result)}
  </article>`;

const findingsOf = ({ findings, findingsTotal }: CheckResult): Markup | null => {
  if (findings.length === 0) return null;
  return html`<ol class="findings">
      ${findings.map(findingOf)}
    </ol>
    ${findingsTotal > findings.length ? html`<p class="hint">${findings.length} examples of ${count(findingsTotal)}.</p>` : null}`;
};

const findingOf = ({ message, witness }: Finding): Markup => html`<li>${message}${witnessOf(witness)}</li>`;

export const checksSection = ({ results, target, notPossible = [] }: ScenarioVerdict): Markup => {
  const groups = dimensionOrder.map((dimension) => ({ dimension, list: results.filter((result) => result.dimension === dimension) }));
  return html`<h3>What was checked</h3>
    ${groups.filter(({ list }) => list.length > 0).map(({ dimension, list }) => groupOf(dimension, list))}
    ${notPossible.length === 0 ? null : notPossibleOf(target ?? 'this target', notPossible)}`;
};

/** Open: what a verdict does not say must not have to be looked for. */
const notPossibleOf = (target: string, notPossible: NonNullable<ScenarioVerdict['notPossible']>): Markup =>
  html`<details class="group" open>
    <summary>
      <strong>Not possible</strong>: ${notPossible.length} checks.
      <span class="hint">What ${target} does not offer: the verdict says nothing of it.</span>
    </summary>
    <ul>
      ${notPossible.map(({ check, why }) => html`<li><code>${check}</code> not possible: ${why}</li>`)}
    </ul>
  </details>`;

/** Open where something in it did not pass. */
const groupOf = (dimension: Dimension, list: readonly CheckResult[]): Markup => {
  const passed = list.filter(({ outcome }) => outcome === 'pass').length;
  const open = passed === list.length ? '' : raw('open');
  const { title, asks } = questions[dimension];
  return html`<details class="group" ${open}>
    <summary><strong>${title}</strong>: ${passed} of ${list.length} held. <span class="hint">${asks}</span></summary>
    <div class="scroll">
      <table>
        <caption class="away">
          ${title}
        </caption>
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">Result</th>
            <th scope="col">What was found</th>
            <th scope="col" class="number">Measured</th>
            <th scope="col">Allowed</th>
          </tr>
        </thead>
        <tbody>
          ${list.map(rowOf)}
        </tbody>
      </table>
    </div>
  </details>`;
};

const rowOf = ({ id, outcome, summary, measured }: CheckResult): Markup =>
  html`<tr>
    <th scope="row"><code>${id}</code></th>
    <td>${badge(outcome)}</td>
    <td>${summary}</td>
    <td class="number">${measured === undefined ? '' : quantity(measured.value, measured.unit)}</td>
    <td>${measured?.bound ?? ''}</td>
  </tr>`;
