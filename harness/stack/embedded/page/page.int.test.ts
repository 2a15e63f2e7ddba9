// The page in a real browser, on telemetry whose values are known: each panel shows what its title says.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { hostile, linkedId, loki, main, many, strange, traceId } from './fixtures/known-dashboards.ts';
import { findChromium, launchBrowser, sendGauges, sendLogs, sendSpans, startPageStack } from './testing.ts';
import type { PageStack } from './testing.ts';

const chromium = await findChromium(process.env);
const lagOf = { '1': 7, '2': 30, '10': 5 };

const fill = async (url: string, nowMs: number): Promise<void> => {
  const seconds = Array.from({ length: 120 }, (_none, index) => nowMs - (119 - index) * 1_000);
  for (const atMs of seconds) {
    // The highest stands in the middle: "last" and "max" differ.
    const peak = atMs === seconds[60] ? 12 : 0;
    await sendGauges(url, [
      ...Object.entries(lagOf).map(([lane, value]) => ({ name: 'test.lag', attributes: { lane }, atMs, value: value + peak })),
      { name: 'test.fill_ratio', attributes: {}, atMs, value: 0.25 },
      { name: 'test.far_below', attributes: {}, atMs, value: 77 },
      { name: 'test.hostile', attributes: { text: hostile }, atMs, value: 1 },
    ]);
  }
  await sendLogs(url, [
    { atMs: nowMs - 60_000, body: 'fault struck', severity: 'INFO', attributes: { what: 'kill' } },
    { atMs: nowMs - 20_000, body: `first ${hostile}`, severity: 'ERROR', attributes: { note: hostile }, traceId },
    { atMs: nowMs - 10_000, body: 'second', severity: 'INFO' },
  ]);
  await sendSpans(url, [
    { traceId, spanId: '00f067aa0ba902b7', name: `root ${hostile}`, startMs: nowMs - 20_000, durationMs: 200 },
    {
      traceId,
      spanId: '00f067aa0ba902b8',
      parentSpanId: '00f067aa0ba902b7',
      name: 'child',
      startMs: nowMs - 19_950,
      durationMs: 50,
      hasError: true,
      attributes: { note: hostile },
      links: [{ traceId: linkedId, spanId: '10f067aa0ba902b7' }],
    },
    { traceId: linkedId, spanId: '10f067aa0ba902b7', name: 'elsewhere', startMs: nowMs - 15_000, durationMs: 5 },
  ]);
};

describe.skipIf(chromium === null)(
  `the page of dashboards${chromium === null ? ' (skipped: no Chromium; name one in CHROMIUM or put it on PATH)' : ''}`,
  () => {
    let browser: Browser;
    let stack: PageStack;
    let page: Page;
    /** Of the telemetry: what is asked ends there too, however long the tests take. */
    let endMs = 0;
    let troubles: string[];

    beforeAll(async () => {
      stack = await startPageStack([main, strange, many], { Lag: `# Lag\nWhat the user sees: ${hostile}\n` });
      endMs = Date.now();
      await fill(stack.url, endMs);
      browser = await launchBrowser(chromium ?? '');
    });
    afterAll(async () => {
      await browser?.close();
      await stack?.[Symbol.asyncDispose]();
    });
    beforeEach(async () => {
      page = await browser.newPage({ viewport: { width: 1_400, height: 900 } });
      page.setDefaultTimeout(20_000);
      troubles = [];
      page.on('dialog', (dialog) => {
        troubles.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
      page.on('console', (message) => {
        if (/Content Security Policy|TrustedHTML|Refused to/.test(message.text())) troubles.push(`policy: ${message.text()}`);
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(stack.url) && !request.url().startsWith('data:')) troubles.push(`asked elsewhere: ${request.url()}`);
      });
    });
    afterEach(async () => {
      if ((await page.evaluate('window.pwned')) !== undefined) troubles.push('a script from a label, a line or a name has run');
      if ((await page.locator('script:not([type=module]), img').count()) > 0) troubles.push('text has become elements');
      await page.close();
      if (troubles.length > 0) throw new Error(troubles.join('\n'));
    });

    /** A change of the machine's network interfaces breaks connections in Chromium, loopback too: code that did not come is fetched anew. */
    const show = async (path: string): Promise<void> => {
      let broken = false;
      page.on('requestfailed', (request) => (broken ||= request.url().includes('/page/code/')));
      await page.goto(`${stack.url}${path}${path.includes('?') ? '&' : '?'}from=${endMs - 300_000}&to=${endMs}`);
      if (broken) await page.reload();
    };
    const box = (title: string): Locator => page.locator(`section.panel[aria-label="${title}"]`);
    const rowsOf = async (title: string): Promise<readonly string[]> =>
      (await box(title).locator('tbody tr').allInnerTexts()).map((row) => row.replaceAll(/\s+/g, ' ').trim());

    it('lists the dashboards, and opens one', async () => {
      await show('/');
      await page.getByRole('link', { name: 'Main' }).click();
      await page.getByRole('heading', { level: 1, name: 'Main' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/d/main');
    });

    it('shows in a stat the value that was put in, in the colour of its threshold, and what it answers', async () => {
      await show('/d/main');
      await box('Lag of all').locator('.stat-value').waitFor();
      expect(await box('Lag of all').locator('.stat-value').innerText()).toBe('42');
      expect(await page.evaluate(`getComputedStyle(document.querySelector('[data-panel="1"] .stat-tile')).backgroundColor`)).toBe(
        'rgb(242, 73, 92)',
      );
      await box('Lag of all').getByLabel('What Lag of all answers').click();
      expect(await box('Lag of all').locator('.popup-content').first().innerText()).toBe('How far behind?');
    });

    it('says of what is absent that there is no data, and not 0', async () => {
      await show('/d/main');
      await box('Absent').locator('.no-data').waitFor();
      expect(await box('Absent').locator('.panel-body').innerText()).toBe('No data');
    });

    it('shows a gauge in its unit', async () => {
      await show('/d/main');
      await box('Fill').locator('svg').waitFor();
      expect(await box('Fill').locator('svg').getAttribute('aria-label')).toContain(': 25%');
    });

    it('draws a series for each lane, with its last and its highest value', async () => {
      await show('/d/main');
      await box('Lag by lane').locator('canvas').waitFor();
      const entries = (await box('Lag by lane').locator('.legend li').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
      expect(entries.toSorted()).toEqual(['lane 1 last 7 max 19', 'lane 10 last 5 max 17', 'lane 2 last 30 max 42']);
    });

    it('shows the values at the cursor, and the annotation near it', async () => {
      await show('/d/main');
      const over = box('Lag by lane').locator('.u-over');
      await over.waitFor();
      const size = await over.boundingBox();
      // The fault struck a minute before the end of five.
      await over.hover({ position: { x: ((size?.width ?? 0) * 4) / 5, y: 40 } });
      const tooltip = box('Lag by lane').locator('.tooltip');
      await tooltip.waitFor();
      expect(await tooltip.innerText()).toMatch(/lane 2\s+(30|42)\s+lane 1\s+(7|19)\s+lane 10\s+(5|17)/);
      await tooltip.getByText('Faults: kill').waitFor();
    });

    it('zooms by a drag over the plot; the link shares the view, and back goes back', async () => {
      await show('/d/main');
      const over = box('Lag by lane').locator('.u-over');
      await over.waitFor();
      const size = (await over.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
      await page.mouse.move(size.x + size.width * 0.7, size.y + 30);
      await page.mouse.down();
      await page.mouse.move(size.x + size.width * 0.9, size.y + 30, { steps: 4 });
      await page.mouse.up();
      await page.waitForURL((url) => url.searchParams.get('to') !== String(endMs));
      const parameters = new URL(page.url()).searchParams;
      const seconds = (Number(parameters.get('to')) - Number(parameters.get('from'))) / 1_000;
      expect(seconds).toBeGreaterThan(50);
      expect(seconds).toBeLessThan(70);
      await page.getByLabel('From', { exact: true }).waitFor();
      await page.goBack();
      expect(new URL(page.url()).searchParams.get('to')).toBe(String(endMs));
      await page.getByLabel('Time range').selectOption('now-15m');
      await page.getByLabel('From', { exact: true }).waitFor({ state: 'detached' });
      expect(new URL(page.url()).searchParams.get('from')).toBe('now-15m');
    });

    it('switches a variable: panels, controls and the link agree, also after a reload', async () => {
      await show('/d/main');
      await box('Lag by lane').locator('.legend li').nth(2).waitFor();
      expect(await page.getByLabel('Lane', { exact: true }).locator('option').allInnerTexts()).toEqual(['All', '1', '2', '10']);
      await page.getByLabel('Lane', { exact: true }).focus();
      await page.getByLabel('Lane', { exact: true }).selectOption('10');
      await box('Lag by lane').locator('.legend li').nth(1).waitFor({ state: 'detached' });
      expect(await box('Lag by lane').locator('.legend-name').allInnerTexts()).toEqual(['lane 10']);
      expect(new URL(page.url()).searchParams.get('var-lane')).toBe('10');
      // Who works by the keyboard is still where they were.
      expect(await page.evaluate('document.activeElement.id')).toBe('variable-lane');
      await page.reload();
      await box('Lag of all').getByText('5', { exact: true }).waitFor();
      expect(await page.getByLabel('Lane', { exact: true }).inputValue()).toBe('10');
      expect(await page.getByRole('navigation').getByRole('link', { name: 'Main' }).getAttribute('href')).toContain('var-lane=10');
    });

    it('shows a table sorted as the dashboard says, and as its headings are pressed', async () => {
      await show('/d/main');
      await box('Lanes').locator('tbody tr').nth(2).waitFor();
      expect(await rowsOf('Lanes')).toEqual(['2 30', '1 7', '10 5']);
      await box('Lanes').getByRole('button', { name: /^Lane/ }).click();
      expect(await rowsOf('Lanes')).toEqual(['1 7', '2 30', '10 5']);
      expect(await box('Lanes').locator('th').first().getAttribute('aria-sort')).toBe('ascending');
    });

    it("shows the backend's own message where a query fails, and the other panels all the same", async () => {
      await show('/d/main');
      await box('Broken').locator('.panel-error p').waitFor();
      expect(await box('Broken').locator('.panel-error').innerText()).toMatch(/parse error/);
      await box('Lag of all').getByText('42').waitFor();
    });

    it('shows log lines, their labels, and the way to the trace: hostile text stays text', async () => {
      await show('/d/main');
      await box('Lines').scrollIntoViewIfNeeded();
      const line = box('Lines').locator('details', { hasText: 'first' });
      await line.waitFor();
      expect(await line.locator('.log-text').innerText()).toBe(`first ${hostile}`);
      expect(await line.locator('.severity').innerText()).toBe('ERROR');
      await line.locator('summary').click();
      await line.locator('td', { hasText: 'onerror' }).first().waitFor();
      expect(await box('Words').locator('.text').innerText()).toContain(hostile);
      await line.getByRole('link', { name: `trace ${traceId}` }).click();
      await page.getByRole('heading', { name: `Trace ${traceId}` }).waitFor();
      expect(await page.locator('.span-name').allInnerTexts()).toEqual([`shop root ${hostile}`, 'shop child ✕ ⇢']);
      await page.locator('details.span', { hasText: 'child' }).locator('summary').click();
      await page.locator('.span-details td', { hasText: 'onerror' }).waitFor();
      await page.getByRole('link', { name: new RegExp(linkedId) }).click();
      await page.getByText('elsewhere').waitFor();
    });

    it('lists traces, each with its link', async () => {
      await show('/d/main');
      await box('Traces').scrollIntoViewIfNeeded();
      await box('Traces').locator('tbody tr').nth(1).waitFor();
      expect((await rowsOf('Traces')).map((row) => / ([\d.]+ ms)$/.exec(row)?.[1])).toEqual(expect.arrayContaining(['200 ms', '5 ms']));
      expect(await box('Traces').locator('tbody a').first().getAttribute('href')).toMatch(/^\/trace\/[0-9a-f]{32}$/);
    });

    it('leads to the runbook, and nowhere that a link must not lead', async () => {
      await show('/d/main');
      await box('Lag by lane').locator('canvas').waitFor();
      await box('Lag by lane').getByLabel('Ways on from Lag by lane').click();
      expect(await box('Lag by lane').locator('.panel-menu a').allInnerTexts()).toEqual(['Runbook']);
      await box('Lag by lane').getByRole('link', { name: 'Runbook' }).click();
      await page.getByRole('heading', { name: 'Lag' }).waitFor();
      expect(await page.locator('main').innerText()).toContain(hostile);
    });

    it('asks nothing for a panel until it is on the screen', async () => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(decodeURIComponent(request.url())));
      await show('/d/main');
      await box('Lag of all').getByText('42').waitFor();
      expect(asked.filter((url) => url.includes('test_far_below'))).toEqual([]);
      await box('Far below').scrollIntoViewIfNeeded();
      await box('Far below').getByText('77').waitFor();
    });

    it('never has more than four requests under way', async () => {
      let [now, most] = [0, 0];
      await page.route(/\/api\/v1\/query/, async (route) => {
        now += 1;
        most = Math.max(most, now);
        const response = await route.fetch();
        now -= 1;
        await route.fulfill({ response });
      });
      await show('/d/many');
      await box('Stat 11').getByText('11', { exact: true }).waitFor();
      expect(most).toBeGreaterThan(1);
      expect(most).toBeLessThanOrEqual(4);
    });

    it('shows the alerts that fire, each with its runbook; their labels stay text', async () => {
      const firing = {
        state: 'firing',
        labels: { alertname: 'Lag', severity: 'page', note: hostile },
        annotations: { summary: hostile, runbook_url: 'https://github.com/x/y/docs/runbooks/Lag.md' },
        activeAt: '2026-01-02T03:04:05Z',
      };
      const heartbeat = { ...firing, labels: { alertname: 'Watchdog', severity: 'heartbeat' } };
      const body = { status: 'success', data: { alerts: [firing, { ...firing, state: 'pending' }, heartbeat] } };
      await page.route('**/api/v1/alerts', (route) => route.fulfill({ json: body }));
      await show('/d/main');
      const alerts = page.getByLabel('Alerts');
      await alerts.getByText('1 pending.').waitFor();
      expect(await alerts.locator('li').count()).toBe(1);
      expect(await alerts.locator('li').innerText()).toContain(hostile);
      expect(await alerts.getByRole('link').getAttribute('href')).toBe('/runbooks/Lag');
    });

    it('says that no alert fires, and whether that is known', async () => {
      await page.route('**/api/v1/alerts', (route) => route.fulfill({ json: { status: 'success', data: { alerts: [] } } }));
      await show('/');
      await expect
        .poll(() => page.getByLabel('Alerts').innerText(), { timeout: 20_000 })
        .toMatch(/^No alert fires\. There is no heartbeat/);
    });

    it('says that alerts can not be read, where they can not', async () => {
      await page.route('**/api/v1/alerts', (route) => route.fulfill({ status: 500, body: 'rules are broken' }));
      await show('/');
      await expect.poll(() => page.getByLabel('Alerts').innerText(), { timeout: 20_000 }).toBe('Alerts can not be read: rules are broken');
    });

    it('refuses a dashboard that it does not understand, by place and name', async () => {
      await show('/d/strange');
      await expect
        .poll(() => page.getByRole('alert').innerText(), { timeout: 20_000 })
        .toContain('strange › panel 1 "Heat".type: "heatmap" is no type of panel that is understood');
    });

    it("shows what Grafana's Explore links ask for", async () => {
      const panes = {
        a: {
          datasource: 'loki',
          queries: [{ refId: 'A', datasource: loki, expr: '{service_name="shop"} |= "second"', queryType: 'range' }],
          range: { from: 'now-15m', to: 'now' },
        },
      };
      await show(`/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify(panes))}`);
      await page.locator('.log-text').waitFor();
      expect(await page.locator('.log-text').allInnerTexts()).toEqual(['second']);
    });

    it('refreshes by itself, and stops when it is told to', async () => {
      const times: string[] = [];
      page.on('request', (request) => request.url().includes('test_fill') && times.push(request.url()));
      await show('/d/main?refresh=1s');
      await expect.poll(() => times.length, { timeout: 20_000 }).toBeGreaterThan(2);
      const before = times.length;
      await page.getByLabel('Refresh every').selectOption('');
      await page.waitForURL(/refresh=(&|$)/);
      // The change itself asks once more, and one may have gone out just before it. Then nothing, for five times as long as it waited between two.
      await page.waitForTimeout(5_000);
      expect(times.length).toBeLessThanOrEqual(before + 2);
    });
  },
);
