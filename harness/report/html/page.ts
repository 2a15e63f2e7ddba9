// report.html: one file that explains a run by itself, without a network. What it says comes from the run's folder alone.
import type { RunManifest } from '../../engine/run-data.ts';
import type { RunVerdict } from '../../engine/verdict.ts';
import type { PageAssets } from './assets.ts';
import { html, jsonScript, type Markup, raw } from './markup.ts';
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
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${verdict.verdict}: faultline run ${manifest.id}</title>
        <style>
          ${raw(assets.plotStyle)}
          ${raw(assets.style)}
        </style>
      </head>
      <body>
        ${runSummary(manifest, verdict)}
        <main>${parts.map(({ section }) => section)}</main>
        <footer>
          Written by faultline ${manifest.versions['faultline'] ?? ''}. The same verdict can be had again from this folder alone:
          <code>${ownCommand('judge', manifest.id)}</code>.
        </footer>
        ${jsonScript('plots', plots)}
        <script>
          ${raw(assets.plotCode)};
        </script>
        <script>
          ${raw(assets.client)};
        </script>
      </body>
    </html> `.markup;
};
