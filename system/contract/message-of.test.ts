import { expect, test } from 'vitest';
import { messageOf } from './message-of.ts';

const addresses = [new Error('connect ECONNREFUSED ::1:1'), new Error('connect ECONNREFUSED 127.0.0.1:1')];

test.each([
  ['an error', new Error('it broke', { cause: new Error('why') }), 'it broke'],
  ['a text that was thrown', 'it broke', 'it broke'],
  ['nothing that was thrown', undefined, 'undefined'],
  [
    'what failed for each address of a name',
    Object.assign(new AggregateError(addresses), { code: 'ECONNREFUSED' }),
    'connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1',
  ],
  ['several that have words of their own together', new AggregateError(addresses, 'no address answers'), 'no address answers'],
  ['several within several', new AggregateError([new AggregateError([new Error('one'), 'two']), new Error('three')]), 'one; two; three'],
  ['an error with a code alone', Object.assign(new Error(''), { code: 'ECONNRESET' }), 'ECONNRESET'],
  ['an error with nothing to say', new RangeError(''), 'RangeError'],
  ['several that are none', new AggregateError([]), 'AggregateError'],
])('%s', (_what, error, said) => expect(messageOf(error)).toBe(said));
