// The section of one scenario: why it exists, its story, the plots, faults with their evidence, checks, witnesses, budgets and the machine.
import type { RunData } from '../../engine/run-data.ts';
import type { ScenarioVerdict } from '../../engine/verdict.ts';
import { html, type Markup } from './markup.ts';
import type { Plot, ScenarioPlots } from './plot-data.ts';
import { checksSection, troubleSection } from './section-checks.ts';
import { faultsSection } from './section-faults.ts';
import { logsSection } from './section-logs.ts';
import { machineSection } from './section-machine.ts';
import { badge } from './section-summary.ts';
import { trafficSection } from './section-traffic.ts';
import { budgetsSection, witnessesSection } from './section-witnesses.ts';
import { story } from './story.ts';

export const scenarioSection = (verdict: ScenarioVerdict, run: RunData | null, plots: ScenarioPlots | null): Markup =>
  html`<section class="scenario" id="${verdict.scenario}" aria-labelledby="${verdict.scenario}-title">
    <h2 id="${verdict.scenario}-title">${verdict.scenario} ${badge(verdict.verdict)}</h2>
    <p class="title">${verdict.title}</p>
    ${run === null ? null : html`<p class="why"><strong>Why this scenario:</strong> ${run.plan.scenario.why}</p>`}
    <p class="story"><strong>What happened:</strong> ${story(verdict, run).map((sentence) => html`${sentence} `)}</p>
    ${troubleSection(verdict)} ${plots === null ? null : plotsSection(verdict.scenario, plots)}
    ${run === null ? null : trafficSection(run.plan.scenario)} ${run === null ? null : faultsSection(run)} ${witnessesSection(verdict)}
    ${run === null ? null : budgetsSection(verdict, run.plan.scenario)} ${checksSection(verdict)} ${run === null ? null : logsSection(run)}
    ${run === null ? null : machineSection(run)}
  </section>`;

const plotsSection = (scenario: string, { plots }: ScenarioPlots): Markup =>
  html`<h3>Over time</h3>
    <p class="hint">
      Solid lines are the history, dashed ones the telemetry. Shaded stretches are the phases; numbered bars are faults, from injection to
      healing. Seconds count from the first moment of the traffic.
    </p>
    <div class="plots">${plots.map((plot) => figureOf(scenario, plot))}</div>`;

const figureOf = (scenario: string, { id, title, unit, summary }: Plot): Markup =>
  html`<figure>
    <figcaption><strong>${title}</strong> <span class="unit">(${unit})</span><br /><span class="hint">${summary}</span></figcaption>
    <div
      class="plot"
      data-scenario="${scenario}"
      data-plot="${id}"
      role="img"
      aria-label="${title} in ${unit}, over seconds of the run. ${summary}"
    ></div>
  </figure>`;
