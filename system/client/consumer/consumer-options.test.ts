import { expect, test } from 'vitest';
import { type ConsumerOptions, readConsumerOptions } from './consumer-options.ts';

const problems = (options: Partial<ConsumerOptions>): string => {
  try {
    readConsumerOptions({ url: 'http://127.0.0.1:4001', consumer: 'billing', ...options }, () => 'one');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('a key goes over plain text to no other machine unless that is said, and none that a header can not carry; it is in no message', () => {
  const apiKey = 'secret';
  for (const url of ['http://127.0.0.1:4001', 'http://localhost', 'http://[::1]:4001', 'https://example.com'])
    expect(problems({ url, apiKey })).toBe('');
  for (const url of ['http://example.com', 'http://127.example.com']) {
    expect(problems({ url })).toBe('');
    expect(problems({ url, apiKey })).toContain('allowPlainText');
    expect(problems({ url, apiKey, allowPlainText: true })).toBe('');
  }
  const told = problems({ apiKey: 'secret\nkey' });
  expect(told).toContain('apiKey');
  expect(told).not.toContain('secret');
  expect(problems({ apiKey: '' })).toContain('apiKey');
});
