import { describe, expect, test } from 'vitest';
import { create } from 'xmlbuilder2';
import { simulateRun } from '../checkers/testing/simulated-run.ts';
import type { SignalsRecord } from '../engine/run-data.ts';
import { runVerdictOf } from '../engine/run-verdict.ts';
import { colorsFor } from './console/colors.ts';
import { createConsole } from './console/console.ts';
import { measured, quantity } from './console/numbers.ts';
import { renderSummary } from './console/summary.ts';
import { renderTable } from './console/table.ts';
import { createVirtualClock } from '../engine/virtual-clock.ts';
import { renderPage } from './html/page.ts';
import { escapeHtml, html, jsonScript } from './html/markup.ts';
import { scenarioSection } from './html/section-scenario.ts';
import { headline } from './html/story.ts';
import { renderJunit } from './junit.ts';
import { hostile, sampleManifest, sampleResult, sampleScenario, sampleVerdict } from './sample-verdict.ts';

const colors = colorsFor({ isTTY: false }, {});
const summaryOf = (verdict = sampleVerdict) =>
  renderSummary({ manifest: sampleManifest, verdict, folder: '/runs/x', colors, columns: 120 });

type Attributes = Readonly<Record<string, unknown>>;
type Suite = Attributes & { readonly testcase: Attributes | readonly Attributes[] };

describe('junit.xml', () => {
  const document = create(renderJunit(sampleManifest, sampleVerdict)).end({ format: 'object' }) as unknown as {
    readonly testsuites: Attributes & { readonly testsuite: readonly Suite[] };
  };
  const { testsuites } = document;

  test('is well-formed whatever the findings hold, with a suite for each scenario and for what could not be run', () => {
    expect(testsuites.testsuite.map((suite) => suite['@name'])).toEqual(['good', 'bad', 'doubtful', 'unrun (harness)']);
  });

  test('counts a failed check as a failure, and one that is inconclusive as an error: neither is green', () => {
    expect(testsuites).toMatchObject({ '@tests': '5', '@failures': '1', '@errors': '2' });
  });

  test('a check that passed has neither', () => {
    const good = testsuites.testsuite[0]?.testcase as Attributes;
    expect(good['@name']).toBe('safety/lost');
    expect(good).not.toHaveProperty('failure');
    expect(good).not.toHaveProperty('error');
  });

  test('a failure carries its witness', () => {
    expect(JSON.stringify(testsuites.testsuite[1]?.testcase)).toContain('alert(1)');
  });
});

describe('report.html', () => {
  const assets = { plotCode: '', plotStyle: '', style: '', client: '' };
  const parts = sampleVerdict.scenarios.map((scenario) => ({
    name: scenario.scenario,
    section: scenarioSection(scenario, null, null),
    plots: null,
  }));
  const page = renderPage({ manifest: sampleManifest, verdict: sampleVerdict, parts, assets });

  test('hostile text from a run stays text', () => {
    expect(page).not.toContain('<script>alert(1)');
    expect(page).not.toContain('<b>');
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toMatch(/[\u0000\u0008]/);
  });

  test('text in the data of plots cannot end its script element', () => {
    const { markup } = jsonScript('x', { text: hostile });
    expect(markup.match(/<\/script>/g)).toHaveLength(1);
    expect(JSON.parse(markup.slice(markup.indexOf('>') + 1, markup.lastIndexOf('<')))).toEqual({ text: hostile });
  });

  test('asks the network for nothing', () => {
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  test('says at the top what came of it, and names every scenario', () => {
    expect(page).toContain('A promise was broken: 1 of 4 scenarios passed');
    for (const name of ['good', 'bad', 'doubtful']) expect(page).toContain(`href="#${name}"`);
  });

  test('has every group of checks in an element that can be opened, open where something in it did not pass', () => {
    for (const element of ['details', 'summary', 'table', 'article', 'section', 'div'])
      expect([element, page.match(new RegExp(`<${element}[ >]`, 'g'))?.length]).toEqual([
        element,
        page.match(new RegExp(`</${element}>`, 'g'))?.length,
      ]);
    const groups = page.match(/<details class="group" (open)?>\s*<summary>\s*<strong>Safety/g) ?? [];
    expect([groups.length, groups.filter((group) => group.includes(' open')).length]).toEqual([2, 1]);
  });

  test.each([
    [['safety/lost', 'budget/p99@steady'], 'A promise was broken: 0 of 1 scenarios passed'],
    [['budget/p99@steady', 'agreement/acknowledged'], 'Telemetry does not say what happened: 0 of 1 scenarios passed'],
    [['expectation/stops-in-order', 'budget/p99@steady'], 'What a scenario is about did not go as it must: 0 of 1 scenarios passed'],
    [['budget/p99@steady'], 'A budget was missed: 0 of 1 scenarios passed'],
    [['detection/FaultlineLagGrowing'], 'An alert was missing or false: 0 of 1 scenarios passed'],
  ])('a broken promise is only one where a check of promises failed: %j', (ids, words) => {
    const results = ids.map((id) => sampleResult(id, 'fail'));
    expect(headline(runVerdictOf('r', [sampleScenario('one', results)], []))).toBe(words);
  });

  test('markup is put in as it is, everything else is escaped', () => {
    expect(html`<p title="${'"'}">${html`<em>${'<'}</em>`}${[1, null, html`<br />`]}</p>`.markup).toBe(
      '<p title="&quot;"><em>&lt;</em>1<br /></p>',
    );
    expect(escapeHtml(`<>&"'`)).toBe('&lt;&gt;&amp;&quot;&#39;');
  });
});

describe('the errors in the log', () => {
  const run = simulateRun();
  const [passed] = sampleVerdict.scenarios;
  const sectionWith = (logs: SignalsRecord['logs']): string =>
    scenarioSection(passed!, { ...run, signals: { ...(run.signals as SignalsRecord), logs } }, null).markup;
  const query = '{service_name=~".+"} | severity_number >= 17';

  test.each([
    [[{ level: 'error', query, lines: 0 }], 'no record at level ERROR'],
    [[{ level: 'error', query, lines: 1 }], '1 record at level ERROR'],
    [[{ level: 'error', query, lines: 35 }], '35 records at level ERROR'],
    [[{ level: 'error', query, lines: 5_000 }], 'at least 5,000 records at level ERROR'],
    [[{ level: 'error', query, lines: 0, error: 'loki answered 503' }], 'could not be asked for its errors: loki answered 503'],
  ] as const)('are counted in the report: %j', (logs, words) => {
    expect(sectionWith(logs)).toContain(words);
    expect(sectionWith(logs)).toContain('severity_number &gt;= 17');
  });

  test('are not spoken of where nobody asked, or a folder of before does not say what it asked for', () => {
    for (const logs of [[], [{ query, lines: 3 }]]) expect(sectionWith(logs)).not.toContain('level ERROR');
    expect(scenarioSection(passed!, { ...run, signals: null }, null).markup).not.toContain('level ERROR');
  });
});

describe('a witness', () => {
  const assets = { plotCode: '', plotStyle: '', style: '', client: '' };
  const bad = sampleVerdict.scenarios.find(({ scenario }) => scenario === 'bad')!;
  const parts = [{ name: 'bad', section: scenarioSection(bad, null, null), plots: null }];
  const reports = {
    console: summaryOf(),
    junit: renderJunit(sampleManifest, sampleVerdict),
    page: renderPage({ manifest: sampleManifest, verdict: sampleVerdict, parts, assets }),
  };

  test.each(Object.entries(reports))(
    '%s shows the row, how many more operations there are, and all there are of the finding',
    (_name, text) => {
      expect(text).toContain('row lane lane=3 head=17');
      expect(text).toContain('… and 3 more operations');
      expect(text).toMatch(/37|36 more/);
    },
  );

  test('leads to the trace wherever there is room', () => {
    for (const text of [reports.junit, reports.page]) expect(text).toContain('npm run judge -- runs/x/bad --trace abab');
    expect(reports.console).toContain('op 12 at 1234.5 ms: first of event 12');
  });
});

describe('the last screen', () => {
  test('ends with the line that CI reads, and says in words what was counted as failed', () => {
    const lines = summaryOf().split('\n');
    expect(lines.at(-1)).toBe('1 passed, 3 failed');
    expect(lines.at(-2)).toBe('counted as failed: 1 of them inconclusive, 1 of them not run');
  });

  test('for a failure tells the check, its sentence and the first witness', () => {
    expect(summaryOf()).toMatch(/safety\/lost .*\n +one of 37: /);
  });

  test('when all is well tells no trouble', () => {
    const fine = runVerdictOf('run', [sampleScenario('good', [sampleResult('safety/lost', 'pass')])], []);
    expect(summaryOf(fine)).not.toMatch(/one of|counted as failed/);
    expect(summaryOf(fine).split('\n').at(-1)).toBe('1 passed, 0 failed');
  });

  test('a scenario that was judged and had a crashed check is not counted twice', () => {
    const crashed = runVerdictOf(
      'run',
      [sampleScenario('odd', [sampleResult('validity/x', 'inconclusive')])],
      [{ scenario: 'odd', message: 'check x crashed' }],
    );
    expect(summaryOf(crashed).split('\n').at(-1)).toBe('0 passed, 1 failed');
  });

  test('a table is as wide as its widest cell, and paint takes no room', () => {
    const rows = renderTable(
      [{ title: 'name' }, { title: 'n', align: 'right' }],
      [[{ text: 'a', paint: (text) => `<${text}>` }, { text: '1,000' }]],
    );
    expect(rows).toEqual(['name      n', '<a>     1,000']);
  });
});

describe('live progress', () => {
  const lines = (isTTY: boolean): string => {
    let text = '';
    const view = createConsole({
      out: { isTTY, columns: 200, write: (more) => (text += more) },
      clock: createVirtualClock(10_000),
      environment: {},
    });
    const traffic = { phase: 'steady', planned: 10, total: 100, done: 10, ok: 9, failed: 1, unknown: 0, ratePerSecond: 500, p99Ms: 12.3 };
    view.onProgress({ kind: 'traffic', scenario: 'steady', traffic, lag: 14 });
    view.onProgress({ kind: 'traffic', scenario: 'steady', traffic, lag: 15 });
    view.onProgress({ kind: 'fault', scenario: 'steady', fault: 'kill-first', text: 'was ended by SIGKILL' });
    return text;
  };

  test('without a terminal is sparse and holds no control characters', () => {
    expect(lines(false)).not.toMatch(/[\u001b\r]/);
    expect(lines(false).split('\n')).toHaveLength(3);
    expect(lines(false)).toMatch(/500\/s.*p99 12\.3 ms.*lag 14/);
  });

  test('on a terminal is one line written over', () => {
    expect(lines(true).match(/\r\u001b\[K {2}steady/g)).toHaveLength(2);
  });

  test('faults are told as they occur', () => {
    expect(lines(false)).toContain('fault kill-first: was ended by SIGKILL');
  });
});

test('numbers read well', () => {
  expect([measured(null), measured(12345), measured(0.041234), quantity(0.0123, 's'), quantity(1.5, 's'), quantity(5, 'events')]).toEqual([
    'no data',
    '12,345',
    '0.04123',
    '12.3 ms',
    '1.5 s',
    '5 events',
  ]);
});
