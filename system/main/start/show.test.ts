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

test('what failed is named by its place, with the reason, and of a dead letter how to look at it', () => {
  const attributes = { 'faultline.processor': 'baskets', 'faultline.processor.version': 1, 'faultline.lane': 4 };
  const failed = { severity_text: 'WARN', severity_number: 13, body: 'lane taken over', attributes };
  expect(showLine('worker 1', failed, false)).toBe('worker 1: WARN lane taken over (baskets/1/4)');
  const letter = {
    severity_text: 'ERROR',
    severity_number: 17,
    body: 'event parked as a dead letter',
    event_name: 'faultline.event.dead_letter',
    attributes: { ...attributes, 'faultline.position': 8, 'faultline.reason.message': 'cents is no number' },
  };
  expect(showLine('worker 1', letter, false)).toBe(
    'worker 1: ERROR event parked as a dead letter (baskets/1/4/8): cents is no number; npm run ops -- dead-letters show baskets/1/4/8',
  );
});
