// What every report is, whatever it tells: one file with its style, its script and its data, that asks nothing of a network.
import type { PageAssets } from './assets.ts';
import { html, jsonScript, type Markup, raw } from './markup.ts';

export type PageShell = {
  readonly title: string;
  readonly body: Markup;
  /** Read by the script of the page: plots by the name of what they belong to. */
  readonly plots: unknown;
  readonly assets: PageAssets;
};

export const renderShell = ({ title, body, plots, assets }: PageShell): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${raw(assets.plotStyle)}
          ${raw(assets.style)}
        </style>
      </head>
      <body>
        ${body} ${jsonScript('plots', plots)}
        <script>
          ${raw(assets.plotCode)};
        </script>
        <script>
          ${raw(assets.client)};
        </script>
      </body>
    </html> `.markup;
