import { expect, test } from 'vitest';
import { showLine } from './show.ts';

test('warnings are shown with their cause, information is not', () => {
  const warning = {
    severity_text: 'WARN',
    severity_number: 13,
    body: 'a connection broke',
    attributes: { 'exception.message': 'ECONNRESET' },
  };
  expect(showLine('query', warning, false)).toBe('query: WARN a connection broke: ECONNRESET');
  expect(showLine('query', { severity_text: 'INFO', severity_number: 12, body: 'listening' }, false)).toBeNull();
});

test('with --verbose every line is shown', () => {
  expect(showLine('query', { severity_text: 'INFO', severity_number: 9, body: 'listening' }, true)).toBe('query: INFO listening');
});

test('a refusal is told by whoever started it, not twice', () => {
  expect(showLine('query', { severity_number: 21, event_name: 'faultline.process.refused', body: 'x' }, false)).toBeNull();
});
