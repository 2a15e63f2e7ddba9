// Runbooks as pages: the markdown as it is written, which is made to be read so. Headings stand out; nothing in it is taken for HTML.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeHtml } from './escape-html.ts';
import { head } from './shell.ts';

const defaultFolder = join(import.meta.dirname, '../../../../docs/runbooks');

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -'.md'.length));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

/** Headings as such, fenced code as it is, all else as lines. */
const markup = (markdown: string): string =>
  markdown
    .split(/^(```[^\n]*\n[\s\S]*?^```)\s*$/m)
    .map((part) =>
      part.startsWith('```') ? `<pre>${escapeHtml(part.replace(/^```[^\n]*\n/, '').replace(/\n?```$/, ''))}</pre>` : prose(part),
    )
    .join('\n');

const prose = (text: string): string =>
  text
    .split(/^(#{1,4} .*)$/m)
    .map((part) => {
      const [, marks, heading] = /^(#{1,4}) (.*)$/.exec(part) ?? [];
      if (marks !== undefined && heading !== undefined) return `<h${marks.length}>${escapeHtml(heading)}</h${marks.length}>`;
      return part.trim() === '' ? '' : `<div class="prose">${inline(part.trim())}</div>`;
    })
    .join('\n');

/** Code in backticks, bold and emphasis: what a runbook needs to be scanned. */
const inline = (text: string): string =>
  escapeHtml(text)
    .replaceAll(/`([^`\n]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*([^*\n]+)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/(^|[^*\w])\*([^*\n]+)\*(?![*\w])/g, '$1<em>$2</em>');

const pageOf = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="en">\n<head>\n${head(title)}\n</head>\n<body class="runbook"><nav><a href="/">Dashboards</a></nav><main>${body}</main></body>\n</html>\n`;

export const createRunbooks = (folder: string = defaultFolder) => ({
  page: async (name: string): Promise<{ readonly found: boolean; readonly html: string }> => {
    const names = await namesIn(folder);
    // Only a listed name becomes a path.
    if (names.includes(name)) return { found: true, html: pageOf(name, markup(await readFile(join(folder, `${name}.md`), 'utf8'))) };
    const known = names.map((other) => `<li><a href="/runbooks/${encodeURIComponent(other)}">${escapeHtml(other)}</a></li>`).join('');
    return { found: false, html: pageOf('No such runbook', `<h1>There is no runbook ${escapeHtml(name)}</h1><ul>${known}</ul>`) };
  },
});
