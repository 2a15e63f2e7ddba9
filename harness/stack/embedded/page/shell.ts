// The one HTML document of all views; the rest is drawn by the code that it loads.
import { browserFolder } from './browser-code.ts';
import { escapeHtml } from './escape-html.ts';
import type { PageConfig } from './logic/page-config.ts';

/** `data:,`: no icon, and no request for one. */
export const head = (title: string): string => `<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page/code/uplot.css">
<link rel="stylesheet" href="/page/code/${browserFolder}/style.css">`;

export const shell = (config: PageConfig): string => `<!doctype html>
<html lang="en">
<head>
${head('faultline')}
<meta name="faultline-page" content="${escapeHtml(JSON.stringify(config))}">
<script type="module" src="/page/code/${browserFolder}/main.ts"></script>
</head>
<body>
<noscript>The dashboards are drawn by JavaScript, which is off.</noscript>
<div id="app"><p class="note">Loading. If this stays, reload the page.</p></div>
</body>
</html>
`;
