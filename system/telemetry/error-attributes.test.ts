import { expect, it } from 'vitest';
import { errorAttributes } from './error-attributes.ts';

it('an error is told with its code and its causes', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const attributes = errorAttributes(Object.assign(new Error('could not append', { cause }), { code: 'FL_STREAM_UNREACHABLE' }));
  expect(attributes).toMatchObject({
    'exception.type': 'FL_STREAM_UNREACHABLE',
    'exception.message': 'could not append: connect ECONNREFUSED',
  });
});

it('an empty AggregateError says what its members say', () => {
  expect(errorAttributes(new AggregateError([new Error('v4'), new Error('v6')], ''))['exception.message']).toBe('v4; v6');
});

it('a cause that leads back ends', () => {
  const error = new Error('round');
  error.cause = error;
  expect(errorAttributes(error)['exception.message']).toBe('round: round: round: round: round');
});

it('what is no Error is told as text', () => {
  expect(errorAttributes('boom')).toEqual({ 'exception.type': 'string', 'exception.message': 'boom' });
});
