// The top of the page: the verdict in a sentence, how a verdict comes about, and a table that leads to each scenario.
import type { RunManifest } from '../../engine/run-data.ts';
import type { RunVerdict, ScenarioVerdict, Verdict } from '../../engine/verdict.ts';
import { count, seconds } from '../console/numbers.ts';
import { html, type Markup } from './markup.ts';
import { headline } from './story.ts';

const signs: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✗', inconclusive: '?' };

/** The word is always there: colour and sign alone tell nothing to many readers. */
export const badge = (verdict: Verdict): Markup =>
  html`<span class="badge ${verdict}"><span aria-hidden="true">${signs[verdict]}</span> ${verdict}</span>`;

export const runSummary = (manifest: RunManifest, verdict: RunVerdict): Markup =>
  html`<header class="top ${verdict.verdict}">
    <p class="eyebrow">faultline verify · ${manifest.startedAt.replace('T', ' ').slice(0, 19)} UTC</p>
    <h1>${badge(verdict.verdict)} ${headline(verdict)}</h1>
    <p class="lead">
      Each scenario starts the real system with a fresh database, sends it scripted traffic, harms it on purpose, and judges what happened
      by <strong>two witnesses</strong>: the <em>history</em>, which is what clients were promised, delivery by delivery; and the
      <em>telemetry</em>, which is what an operator would have seen. It passes only when the history shows every promise kept, the telemetry
      stays inside its budgets, and the two agree. What cannot be trusted is <em>inconclusive</em>, never green.
    </p>
    ${verdict.errors.map(({ scenario, message }) => html`<p class="problem"><strong>${scenario}</strong> ran into an error of the harness: ${message}</p>`)}
    <div class="scroll">
      <table class="summary">
        <caption>
          The scenarios of this run
        </caption>
        <thead>
          <tr>
            <th scope="col">Scenario</th>
            <th scope="col">Verdict</th>
            <th scope="col">What was done</th>
            <th scope="col" class="number">Deliveries</th>
            <th scope="col" class="number">Acknowledged</th>
            <th scope="col" class="number">Refused</th>
            <th scope="col" class="number">Unknown</th>
            <th scope="col">Faults with evidence</th>
            <th scope="col">Witnesses agree</th>
            <th scope="col">Checks held</th>
          </tr>
        </thead>
        <tbody>
          ${verdict.scenarios.map(rowOf)}
        </tbody>
      </table>
    </div>
    <dl class="facts">
      <div>
        <dt>Seed</dt>
        <dd><code>${manifest.seed}</code></dd>
      </div>
      <div>
        <dt>Commit</dt>
        <dd><code>${manifest.commit === null ? 'not known' : shortCommit(manifest.commit)}</code></dd>
      </div>
      <div>
        <dt>Time in all</dt>
        <dd>
          ${manifest.endedAt === null ? 'not ended' : seconds((Date.parse(manifest.endedAt) - Date.parse(manifest.startedAt)) / 1000)}
        </dd>
      </div>
      <div>
        <dt>Machine</dt>
        <dd>${manifest.machine.cpus} × ${manifest.machine.model}, ${count(manifest.machine.memoryBytes / 1024 ** 3)} GiB</dd>
      </div>
      <div>
        <dt>Runtime</dt>
        <dd>${manifest.runtime} telemetry, Node ${manifest.versions['node'] ?? '?'}, PostgreSQL ${manifest.versions['postgres'] ?? '?'}</dd>
      </div>
      <div>
        <dt>Run</dt>
        <dd><code>${manifest.id}</code></dd>
      </div>
    </dl>
  </header>`;

const shortCommit = (commit: string): string => `${commit.slice(0, 12)}${commit.endsWith('+changes') ? ', with changes' : ''}`;

const rowOf = ({ scenario, verdict, title, counts, faults, compared, results }: ScenarioVerdict): Markup =>
  html`<tr>
    <th scope="row"><a href="#${scenario}">${scenario}</a></th>
    <td>${badge(verdict)}</td>
    <td class="title">${title}</td>
    <td class="number">${count(counts.operations)}</td>
    <td class="number">${count(counts.ok)}</td>
    <td class="number">${count(counts.failed)}</td>
    <td class="number">${count(counts.unknown)}</td>
    <td>${faults.length === 0 ? 'none planned' : `${faults.filter(({ tookEffect }) => tookEffect).length} of ${faults.length}`}</td>
    <td>${compared.filter(({ agrees }) => agrees).length} of ${compared.length}</td>
    <td>${results.filter(({ outcome }) => outcome === 'pass').length} of ${results.length}</td>
  </tr>`;
