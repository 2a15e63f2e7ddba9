import { expect, test } from 'vitest';
import { describeUnexpected } from './describe-unexpected.ts';

test.each([
  [new Error('ENOSPC: no space left on device, write'), 'ENOSPC: no space left on device, write'],
  [new TypeError('x is not a function'), 'TypeError: x is not a function'],
  [new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:1')]), 'connect ECONNREFUSED 127.0.0.1:1'],
  [new AggregateError([]), 'AggregateError'],
  [new Error('first\nsecond'), 'first'],
  [new Error(''), 'Error'],
  ['a word', 'a word'],
])('%s is told in one line', (error, words) => {
  expect(describeUnexpected(error)).toBe(
    `It broke off, by an error that nobody expected: ${words}. What was asked for by then may be done: look before you ask again.`,
  );
});
