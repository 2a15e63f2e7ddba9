import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTestStack } from '../testing.ts';
import type { TestStack } from '../testing.ts';

const second = 1_000_000_000n;

const push = async (stack: TestStack, startNano: bigint, ...bodies: readonly string[]): Promise<void> => {
  const logRecords = bodies.map((body, at) => ({
    timeUnixNano: String(startNano + BigInt(at) * second),
    severityText: 'INFO',
    severityNumber: 9,
    body: { stringValue: body },
  }));
  const resource = {
    attributes: [
      { key: 'service.name', value: { stringValue: 'shop' } },
      { key: 'host.name', value: { stringValue: 'one' } },
    ],
  };
  const body = JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
  const answer = await fetch(`${stack.url}/otlp/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(answer.status).toBe(200);
};

const started = async (...bodies: readonly string[]) => {
  const stack = await startTestStack();
  const startNano = BigInt(Math.floor(Date.now() / 1_000) - 60) * second;
  await push(stack, startNano, ...bodies);
  return { stack, startNano, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() };
};

type Options = { readonly headers?: Record<string, string>; readonly method?: 'GET' | 'POST' };

type Stream = { readonly stream: object; readonly values: readonly (readonly [at: string, line: string])[] };
type Drop = { readonly timestamp: string; readonly labels: object };

/** As far as the tests look into an answer. */
type Body = {
  readonly data: { readonly resultType: string; readonly result: readonly Stream[]; readonly stats: { readonly summary: object } };
  readonly fields: readonly object[];
};

const ask = async (
  stack: TestStack,
  path: string,
  parameters: Record<string, string> = {},
  { headers = {}, method = 'GET' }: Options = {},
) => {
  const form = new URLSearchParams(parameters);
  const url = `${stack.url}/loki/api/v1/${path}`;
  const answer = await (method === 'GET' ? fetch(`${url}?${form.toString()}`, { headers }) : fetch(url, { method, body: form, headers }));
  const text = await answer.text();
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    body: (text.startsWith('{') ? JSON.parse(text) : text) as Body,
  };
};

test.each(['GET', 'POST'] as const)('query_range by %s gives lines grouped by all their labels, newest first', async (method) => {
  await using made = await started('one', 'two');
  const { body } = await ask(made.stack, 'query_range', { query: '{service_name="shop"}' }, { method });
  expect(body).toMatchObject({ status: 'success', data: { resultType: 'streams' } });
  expect(body.data.result).toEqual([
    {
      stream: { detected_level: 'INFO'.toLowerCase(), host_name: 'one', service_name: 'shop', severity_number: '9', severity_text: 'INFO' },
      values: [
        [String(made.startNano + second), 'two'],
        [String(made.startNano), 'one'],
      ],
    },
  ]);
  expect(body.data.stats.summary).toMatchObject({ totalLinesProcessed: 2, totalEntriesReturned: 2 });
});

test('with the flag categorize-labels the labels of a line stand beside it', async () => {
  await using made = await started('a=1');
  const headers = { 'x-loki-response-encoding-flags': 'categorize-labels' };
  const { body } = await ask(made.stack, 'query_range', { query: '{service_name="shop"} | logfmt' }, { headers });
  expect(body.data).toMatchObject({ encodingFlags: ['categorize-labels'] });
  expect(body.data.result).toEqual([
    {
      stream: { service_name: 'shop' },
      values: [
        [
          String(made.startNano),
          'a=1',
          {
            structuredMetadata: { detected_level: 'info', host_name: 'one', severity_number: '9', severity_text: 'INFO' },
            parsed: { a: '1' },
          },
        ],
      ],
    },
  ]);
});

test('limit, direction, interval, start and end choose the lines', async () => {
  await using made = await started('0', '1', '2', '3', '4', '5');
  const lines = async (parameters: Record<string, string>) => {
    const { body } = await ask(made.stack, 'query_range', { query: '{service_name="shop"}', ...parameters });
    return body.data.result.flatMap(({ values }) => values.map(([, line]) => line));
  };
  const at = (seconds: number): string => String(made.startNano + BigInt(seconds) * second);
  const rfc3339 = (seconds: number): string => new Date(Number((made.startNano + BigInt(seconds) * second) / 1_000_000n)).toISOString();
  expect(await lines({ limit: '2' })).toEqual(['5', '4']);
  expect(await lines({ limit: '2', direction: 'FORWARD' })).toEqual(['0', '1']);
  expect(await lines({ direction: 'forward', interval: '2s' })).toEqual(['0', '2', '4']);
  expect(await lines({ direction: 'forward', start: at(1), end: at(3) })).toEqual(['1', '2']);
  expect(await lines({ direction: 'forward', start: rfc3339(4) })).toEqual(['4', '5']);
  expect(await lines({ direction: 'forward', start: String(Number(made.startNano / second) + 5) })).toEqual(['5']);
  expect(await lines({ since: '1s' })).toEqual([]);
});

test('metrics come at whole multiples of the step, an instant one at its time, a number as a scalar', async () => {
  await using made = await started('0', '1', '2');
  const end = String(made.startNano + 5n * second);
  const query = 'sum(count_over_time({service_name="shop"}[10s]))';
  const { body } = await ask(made.stack, 'query_range', { query, start: String(made.startNano + 1n), end, step: '5' });
  expect(body.data.resultType).toBe('matrix');
  for (const [time] of body.data.result[0]?.values ?? []) expect(Number(time) % 5).toBe(0);
  const instant = await ask(made.stack, 'query', { query, time: end });
  expect(instant.body.data).toMatchObject({
    resultType: 'vector',
    result: [{ metric: {}, value: [Number(made.startNano / second) + 5, '3'] }],
  });
  expect((await ask(made.stack, 'query', { query: '1 + 1' })).body.data).toMatchObject({
    resultType: 'scalar',
    result: [expect.any(Number), '2'],
  });
  expect((await ask(made.stack, 'query', { query: 'vector(1)+vector(1)' })).body.data.result).toMatchObject([
    { metric: {}, value: [expect.any(Number), '2'] },
  ]);
});

test.each([
  ['query', { query: '{a="b"}' }, 'log queries are not supported as an instant query type'],
  ['query_range', { query: '{a="b"' }, 'parse error at line 1, col 7: syntax error'],
  ['query_range', { query: '{a="b"}', limit: '5001' }, 'max entries limit per query exceeded'],
  ['query_range', { query: '{a="b"}', limit: '0' }, 'limit must be a positive value'],
  ['query_range', { query: '{a="b"}', direction: 'up' }, "invalid direction 'up'"],
  ['query_range', { query: '{a="b"}', start: '20', end: '10' }, 'end timestamp must not be before'],
  ['query_range', { query: '{a="b"}', start: 'x' }, "could not parse 'start' parameter"],
  ['query_range', { query: '{a="b"}', start: `${'9'.repeat(400)}.0` }, "could not parse 'start' parameter"],
  ['query_range', { query: '{a="b"}', interval: `${'9'.repeat(400)}y` }, 'to a valid duration'],
  ['query_range', { query: 'rate({a="b"}[1m])', step: '0' }, 'zero or negative query resolution step'],
  ['query_range', { query: 'rate({a="b"}[1m])', step: '0.1' }, 'exceeded maximum resolution of 11,000 points'],
  ['query_range', { query: '{a="b"}', start: '1', end: '9999999' }, 'the query time range exceeds the limit'],
  ['series', { 'match[]': '{a="b"} |= "x"' }, 'only label matchers are supported'],
])('%s %j is refused with 400 and says why in plain text', async (path, parameters, message) => {
  await using stack = await startTestStack();
  const answer = await ask(stack, path, parameters);
  expect(answer).toMatchObject({ status: 400, type: 'text/plain; charset=utf-8', body: expect.stringContaining(message) });
});

test('labels, values and series are those of the time asked for; of none there is no list', async () => {
  await using made = await started('one');
  expect((await ask(made.stack, 'labels')).body).toEqual({ status: 'success', data: ['service_name'] });
  expect((await ask(made.stack, 'label/service_name/values')).body).toEqual({ status: 'success', data: ['shop'] });
  expect((await ask(made.stack, 'label/service_name/values', { query: '{service_name="other"}' })).body).toEqual({ status: 'success' });
  expect((await ask(made.stack, 'labels', { end: '1000', start: '0' })).body).toEqual({ status: 'success' });
  expect((await ask(made.stack, 'series', { 'match[]': '{service_name=~"s.*"}' })).body).toEqual({
    status: 'success',
    data: [{ service_name: 'shop' }],
  });
});

test('what there is of volume, labels and fields is told to log views', async () => {
  await using made = await started('{"took":"1.5s","n":1}', '{"took":"2s","n":2}');
  const query = '{service_name="shop"}';
  expect((await ask(made.stack, 'index/stats', { query })).body).toMatchObject({ streams: 1, entries: 2 });
  const volume = await ask(made.stack, 'index/volume', { query, targetLabels: 'service_name' });
  expect(volume.body.data).toMatchObject({ resultType: 'vector', result: [{ metric: { service_name: 'shop' } }] });
  expect((await ask(made.stack, 'index/volume_range', { query, step: '60' })).body.data.resultType).toBe('matrix');
  expect((await ask(made.stack, 'detected_labels', { query })).body).toEqual({
    detectedLabels: [{ label: 'service_name', cardinality: 1 }],
  });
  const { fields } = (await ask(made.stack, 'detected_fields', { query })).body;
  expect(fields).toContainEqual({ label: 'took', type: 'duration', cardinality: 2, parsers: ['json'] });
  expect(fields).toContainEqual({ label: 'severity_text', type: 'string', cardinality: 1, parsers: null });
  expect((await ask(made.stack, 'detected_field/n/values', { query })).body).toEqual({ values: ['1', '2'], limit: 1_000 });
});

test('it says its version, and by name what it does not have', async () => {
  await using stack = await startTestStack();
  expect((await ask(stack, 'status/buildinfo')).body).toMatchObject({ version: expect.stringMatching(/^3\.7/) });
  expect(await ask(stack, 'patterns')).toMatchObject({ status: 404, body: 'patterns is not supported by the embedded stack' });
});

const openTail = (stack: TestStack, parameters: Record<string, string>) => {
  const socket = new WebSocket(`${stack.url.replace('http', 'ws')}/loki/api/v1/tail?${new URLSearchParams(parameters).toString()}`);
  const messages: { readonly streams: readonly Stream[]; readonly dropped_entries?: readonly Drop[] }[] = [];
  const waiting: (() => void)[] = [];
  socket.on('message', (data) => {
    messages.push(JSON.parse((data as Buffer).toString()) as (typeof messages)[number]);
    waiting.splice(0).forEach((wake) => wake());
  });
  const linesOf = () => messages.flatMap(({ streams }) => streams.flatMap(({ values }) => values.map(([, line]) => line)));
  const until = async (count: number): Promise<readonly string[]> => {
    while (linesOf().length < count) await new Promise<void>((wake) => waiting.push(wake));
    return linesOf();
  };
  return { socket, until, messages };
};

test('tail gives the last lines, then each new one that the query takes', async () => {
  await using made = await started('old 1', 'old 2', 'old 3');
  const tail = openTail(made.stack, {
    query: '{service_name="shop"} !~ "secret" | line_format "{{.service_name}}: {{__line__}}"',
    limit: '2',
  });
  expect(await tail.until(2)).toEqual(['shop: old 2', 'shop: old 3']);
  await push(made.stack, made.startNano + 10n * second, 'new', 'a secret', 'newer');
  expect(await tail.until(4)).toEqual(['shop: old 2', 'shop: old 3', 'shop: new', 'shop: newer']);
  tail.socket.close();
});

test('a tail that can not be read is refused before it is opened', async () => {
  await using stack = await startTestStack();
  const refused = (parameters: Record<string, string>) =>
    new Promise((resolve) => {
      const { socket } = openTail(stack, parameters);
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    });
  expect(await refused({ query: '{a="b"' })).toBe(400);
  expect(await refused({ query: 'rate({a="b"}[1m])' })).toBe(400);
  expect(await refused({ query: '{a="b"}', delay_for: '6' })).toBe(400);
});

test('who does not read loses lines, is told which, and they are counted', async () => {
  await using made = await started('first');
  const tail = openTail(made.stack, { query: '{service_name="shop"}' });
  await tail.until(1);
  const unread = async (): Promise<number> =>
    ((await (await fetch(`${made.stack.url}/embedded/status`)).json()) as { kept: { logs: { unreadEntries: number } } }).kept.logs
      .unreadEntries;
  tail.socket.pause();
  const line = 'x'.repeat(200_000);
  let at = 10n;
  while ((await unread()) === 0)
    await push(made.stack, made.startNano + (at += 10n) * second, ...Array.from({ length: 5 }, (_, index) => `${index}${line}`));
  tail.socket.resume();
  const before = tail.messages.length;
  await tail.until(before);
  while (!tail.messages.some(({ dropped_entries: dropped }) => dropped !== undefined)) {
    await push(made.stack, made.startNano + (at += 10n) * second, 'after');
    await tail.until(tail.messages.length + 1);
  }
  const [dropped] = tail.messages.flatMap(({ dropped_entries: entries }) => entries ?? []);
  expect(dropped).toMatchObject({ timestamp: expect.stringMatching(/^\d{19}$/), labels: { service_name: 'shop' } });
  tail.socket.close();
});
