// What the server of the page gives out, and what it keeps to itself.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostile, main } from './fixtures/known-dashboards.ts';
import { startPageStack } from './testing.ts';
import type { PageStack } from './testing.ts';

let stack: PageStack;
beforeAll(async () => {
  stack = await startPageStack([main], { Lag: `# Lag <b>\n\`code\` and **bold**, *Lag* ${hostile}\n\n\`\`\`sh\nnpm run <x>\n\`\`\`\n` });
});
afterAll(async () => stack[Symbol.asyncDispose]());

const get = async (path: string) => {
  const response = await fetch(`${stack.url}${path}`);
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    policy: response.headers.get('content-security-policy') ?? '',
    text: await response.text(),
  };
};
const code = '/page/code/harness/stack/embedded/page/browser';

describe('the page', () => {
  it.each(['/', '/d/main', '/d/main/a-slug', '/explore', '/trace/abc'])(
    'is one document, at %s too, under a strict policy',
    async (path) => {
      const { status, type, policy, text } = await get(path);
      expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toMatch(/unsafe|\*|http/);
      expect(text).not.toMatch(/<script(?! type="module" src="\/)|style="|\son\w+=|https?:/);
    },
  );

  it('comes with JavaScript made of our TypeScript, and with uPlot from node_modules', async () => {
    const { status, type, text } = await get(`${code}/plot-surface.ts`);
    expect([status, type]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(text).toContain("from '/page/code/uplot.js'");
    expect(text).not.toMatch(/import type|: PlotData\b/);
    expect((await get('/page/code/uplot.js')).text).toContain('uPlot');
    expect((await get(`${code}/style.css`)).type).toBe('text/css; charset=utf-8');
  });

  it.each([
    '/page/code/package.json',
    '/page/code/harness/cli/verify.ts',
    '/page/code/harness/dashboards/..%2f..%2fpackage.json',
    '/page/code/harness/dashboards/%2e%2e/cli/verify.ts',
    '/page/code/harness/dashboards/reduce.test.ts',
    `${code}/tsconfig.json`,
    `${code}/no-such-file.ts`,
    '/page/dashboards/..%2fmain',
    '/page/dashboards/other',
    '/runbooks/..%2f..%2fREADME.md',
  ])('keeps %s to itself', async (path) => expect((await get(path)).status).toBe(404));

  it('lists the dashboards, and gives each as its file is', async () => {
    expect(JSON.parse((await get('/page/dashboards')).text)).toEqual([{ uid: 'main', title: 'Main', description: '', tags: ['t'] }]);
    expect(JSON.parse((await get('/page/dashboards/main')).text)).toEqual(main);
  });

  it.each(['/runbooks/Lag', '/runbooks/Lag.md'])('shows the runbook at %s with its headings, and nothing of it as HTML', async (path) => {
    const { text } = await get(path);
    expect(text).toContain('<h1>Lag &lt;b&gt;</h1>');
    expect(text).toContain('<code>code</code> and <strong>bold</strong>, <em>Lag</em> &lt;img');
    expect(text).toContain('<pre>npm run &lt;x&gt;</pre>');
    expect(text).not.toMatch(/<(?:img|script|b)\b/);
  });

  it('names the runbooks that there are where there is none of the name', async () => {
    const { status, text } = await get('/runbooks/%3Cb%3E');
    expect(status).toBe(404);
    expect(text).toContain('There is no runbook &lt;b&gt;');
    expect(text).toContain('href="/runbooks/Lag"');
  });
});
