import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isProducerError } from './producer-error.ts';
import { numberOptions, readOptions } from './producer-options.ts';

const problems = (options: unknown): string => {
  try {
    readOptions(options as never);
  } catch (error) {
    if (isProducerError(error) && error.code === 'FL_CLIENT_OPTIONS') return error.message;
    throw error;
  }
  return '';
};

test('the url alone is enough, with a path where a proxy has one', () => {
  expect(readOptions({ url: 'http://127.0.0.1:4000' })).toMatchObject({
    endpoint: 'http://127.0.0.1:4000/events/batch',
    apiKey: null,
    overflow: 'wait',
    ordering: 'key',
    maxBatchEvents: 500,
  });
  expect(readOptions({ url: new URL('https://example.com/in/') }).endpoint).toBe('https://example.com/in/events/batch');
  expect(readOptions({ url: 'https://example.com/in' }).endpoint).toBe('https://example.com/in/events/batch');
});

test('every mistake is told at once, by name and value', () => {
  const told = problems({ url: 'here', lingerMS: 5, maxBatchEvents: 0, overflow: 'drop', traceContext: 'no', retryBackoffMs: 1.5 }).split(
    '\n',
  );
  expect(told).toHaveLength(6);
  for (const part of [
    "'lingerMS' is no option",
    'maxBatchEvents is 0',
    "overflow is 'drop'",
    "traceContext is 'no'",
    'retryBackoffMs is 1.5',
    "url is 'here'",
  ])
    expect(
      told.some((line) => line.includes(part)),
      part,
    ).toBe(true);
});

test('bounds that contradict each other are told', () => {
  const url = 'http://127.0.0.1:4000';
  expect(problems({ url, requestTimeoutMs: 5000, deliveryTimeoutMs: 1000 })).toContain('deliveryTimeoutMs is 1000, below requestTimeoutMs');
  expect(problems({ url, maxBufferBytes: 2048 })).toContain('below maxBatchBytes');
  expect(problems({ url, maxBufferBytes: 2048, maxBatchBytes: 2048 })).toBe('');
  expect(problems({ url, retryBackoffMs: 20_000 })).toContain('retryBackoffMaxMs is 10000');
});

test.each([undefined, null, 'http://127.0.0.1:4000'])('options that are %s are no object', (options) => {
  expect(problems(options)).toContain('{ url }');
});

test.each([
  ['ftp://127.0.0.1', 'ftp:'],
  ['http://user:word@127.0.0.1', 'apiKey'],
  ['http://127.0.0.1/?a=1', 'query'],
])('the url %s is refused', (url, part) => {
  const told = problems({ url });
  expect(told).toContain(part);
  expect(told).not.toContain('word@');
});

test('a key goes in the clear to another machine only where that is said, and is in no message', () => {
  const apiKey = 'secret';
  for (const url of ['http://127.0.0.1:4000', 'http://localhost', 'http://[::1]:4000', 'https://example.com'])
    expect(problems({ url, apiKey })).toBe('');
  for (const url of ['http://example.com', 'http://127.example.com']) {
    expect(problems({ url, apiKey })).toContain('allowPlainText');
    expect(problems({ url, apiKey, allowPlainText: true })).toBe('');
  }
  const told = problems({ url: 'http://127.0.0.1', apiKey: 'secret\nkey' });
  expect(told).toContain('apiKey');
  expect(told).not.toContain('secret');
});

test('a delivery that may take less than a request by default is no mistake: the request takes no longer', () => {
  expect(readOptions({ url: 'http://127.0.0.1:4000', deliveryTimeoutMs: 5000 })).toMatchObject({
    requestTimeoutMs: 5000,
    deliveryTimeoutMs: 5000,
  });
});

test('docs/client.md lists the numbers with their defaults and bounds', () => {
  const text = readFileSync(new URL('../../docs/client.md', import.meta.url), 'utf8');
  for (const [name, { fallback, minimum, maximum, meaning }] of Object.entries(numberOptions)) {
    const [inWords, from, to] = [fallback, minimum, maximum].map((value) => value.toLocaleString('en-US'));
    expect(text).toContain(`| \`${name}\` | ${inWords} | ${from} to ${to} | ${meaning} |`);
  }
});
