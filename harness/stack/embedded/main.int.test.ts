import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRegistry } from '../process-registry.ts';
import type { ProcessRegistry } from '../process-registry.ts';
import { spawnProcess } from '../processes.ts';

let folder: string;
let registry: ProcessRegistry;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-test-'));
  registry = createRegistry(join(folder, 'processes.ndjson'), 'run-1', () => 0);
});

afterEach(() => {
  registry[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const start = async (...args: string[]) =>
  spawnProcess({
    command: process.execPath,
    args: [join(import.meta.dirname, 'main.ts'), ...args],
    role: 'stack',
    logFile: join(folder, 'stack.log'),
    registry,
    failure: 'FL_STACK_FAILED',
  });

test('it says where it listens, answers there and ends politely; a second one is refused its port', async () => {
  await using stack = await start();
  const { eventName, attributes } = await stack.ready(20_000);
  expect([eventName, attributes['pid']]).toEqual(['faultline.stack.ready', stack.pid]);
  const address = String(attributes['address']);
  expect(await (await fetch(`${address}/ready`)).text()).toBe('ready\n');
  expect(await (await fetch(`${address}/api/v1/status/buildinfo`)).json()).toMatchObject({ status: 'success' });

  await using second = await start('--port', new URL(address).port);
  await expect(second.ready(20_000)).rejects.toMatchObject({
    code: 'FL_STACK_FAILED',
    message: expect.stringContaining('is taken; end what listens there'),
  });
  expect(await second.exited).toEqual({ code: 3, signal: null });
  expect(await stack.stop()).toEqual({ code: 0, signal: null });
});

test('a port that is none is refused in words', async () => {
  await using stack = await start('--port', '99999');
  await expect(stack.ready(20_000)).rejects.toThrow('--port 99999 is no port; give 0 to 65535');
});

const rules = `
groups:
  - name: g
    rules:
      - { alert: Always, expr: 'vector(1) > 0', annotations: { summary: 'at {{ $externalLabels.desk }}' } }
`;

test('it evaluates the rules of its files on the interval, and answers what fires', async () => {
  writeFileSync(join(folder, 'a.rules.yml'), rules);
  await using stack = await start(
    '--rules',
    join(folder, '*.rules.yml'),
    '--evaluation-interval',
    '100ms',
    '--external-label',
    'desk=mine',
  );
  const { attributes } = await stack.ready(20_000);
  const address = String(attributes['address']);
  await expect
    .poll(async () => (await fetch(`${address}/api/v1/alerts`)).json(), { timeout: 10_000, interval: 50 })
    .toMatchObject({
      data: { alerts: [{ state: 'firing', labels: { alertname: 'Always' }, annotations: { summary: 'at mine' } }] },
    });
  const query = `${address}/api/v1/query?query=${encodeURIComponent('ALERTS{alertstate="firing"}')}`;
  expect(await (await fetch(query)).json()).toMatchObject({ data: { result: [{ metric: { alertname: 'Always' } }] } });
  expect(await (await fetch(`${address}/embedded/status`)).json()).toMatchObject({
    kept: { metrics: { rules: { groups: 1, rules: 1, failingRules: 0 } } },
  });
  expect(await stack.stop()).toEqual({ code: 0, signal: null });
});

const gauge = (value: number, atMs: number): string => {
  const dataPoints = [{ timeUnixNano: `${atMs}000000`, asDouble: value }];
  const attributes = [{ key: 'service.name', value: { stringValue: 'ingest' } }];
  return JSON.stringify({
    resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics: [{ name: 'lag', gauge: { dataPoints } }] }] }],
  });
};

test('it tells a webhook when an alert fires, and when it is resolved', async () => {
  writeFileSync(join(folder, 'a.yml'), `groups: [{ name: g, rules: [{ alert: Lag, expr: lag > 1 }] }]`);
  const messages: { readonly status: string; readonly alerts: readonly { readonly labels: Record<string, string> }[] }[] = [];
  const receiver = createServer((request, response) => {
    void text(request).then((body) => {
      messages.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  await using _closed = { [Symbol.asyncDispose]: async () => void receiver.close() };
  const { port } = receiver.address() as AddressInfo;
  await using stack = await start(
    '--rules',
    join(folder, 'a.yml'),
    '--evaluation-interval',
    '50ms',
    '--webhook',
    `http://127.0.0.1:${port}/`,
  );
  const { attributes } = await stack.ready(20_000);
  const address = String(attributes['address']);
  const send = async (value: number): Promise<Response> =>
    fetch(`${address}/v1/metrics`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: gauge(value, Date.now()) });
  await send(2);
  await expect
    .poll(() => messages, { timeout: 10_000, interval: 20 })
    .toMatchObject([{ status: 'firing', alerts: [{ labels: { alertname: 'Lag', job: 'ingest' } }] }]);
  await send(0);
  await expect.poll(() => messages.map(({ status }) => status), { timeout: 10_000, interval: 20 }).toEqual(['firing', 'resolved']);
  // It counts a message once it has read the answer, which is after the receiver has the message.
  const status = async () => (await fetch(`${address}/embedded/status`)).json();
  await expect
    .poll(status, { timeout: 10_000, interval: 20 })
    .toMatchObject({ kept: { metrics: { rules: { notifications: [{ sent: 2, failed: 0, dropped: 0 }] } } } });
  expect(await (await fetch(`${address}/api/v1/alertmanagers`)).json()).toMatchObject({
    data: { activeAlertmanagers: [{ url: `http://127.0.0.1:${port}/` }] },
  });
});

test('rule files that are wrong are refused, with all that is wrong', async () => {
  writeFileSync(join(folder, 'bad.yml'), `groups: [{ name: g, rules: [{ alert: A, expr: 'up +' }, { record: b, exp: up }] }]`);
  await using stack = await start('--rules', join(folder, 'bad.yml'));
  await expect(stack.ready(20_000)).rejects.toThrow(/rule 1, "A": could not parse expression[^]*unknown field "exp"/);
  await using other = await start('--evaluation-interval', 'soon');
  await expect(other.ready(20_000)).rejects.toThrow('--evaluation-interval soon is no duration');
});
