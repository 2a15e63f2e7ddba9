// report.html: one file that explains a run by itself, without a network. What it says comes from the run's folder alone.
import type { RunManifest } from '../../engine/run-data.ts';
import type { RunVerdict } from '../../engine/verdict.ts';
import type { PageAssets } from './assets.ts';
import { html, type Markup } from './markup.ts';
import { renderShell } from './page-shell.ts';
import type { ScenarioPlots } from './plot-data.ts';
import { runSummary } from './section-summary.ts';
import { ownCommand } from '../own-command.ts';

export type ScenarioPart = {
  readonly name: string;
  readonly section: Markup;
  readonly plots: ScenarioPlots | null;
};

export type PageOptions = {
  readonly manifest: RunManifest;
  readonly verdict: RunVerdict;
  readonly parts: readonly ScenarioPart[];
  readonly assets: PageAssets;
};

export const renderPage = ({ manifest, verdict, parts, assets }: PageOptions): string => {
  const plots = Object.fromEntries(parts.flatMap(({ name, plots: data }) => (data === null ? [] : [[name, data]])));
  const body = html`${runSummary(manifest, verdict)}
    <main>${parts.map(({ section }) => section)}</main>
    <footer>
      Written by faultline ${manifest.versions['faultline'] ?? ''}. The same verdict can be had again from this folder alone:
      <code>${ownCommand('judge', manifest.id)}</code>.
    </footer>`;
  return renderShell({ title: `${verdict.verdict}: faultline run ${manifest.id}`, body, plots, assets });
};
