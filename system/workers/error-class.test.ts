import { describe, expect, test } from 'vitest';
import { classifyError, errorTypeOf, isConnectionLoss } from './error-class.ts';
import { describeFailure } from './failure.ts';

const failing = (code: string, message = 'no') => Object.assign(new Error(message), { code });

describe('an error of the database', () => {
  test.each(['22021', '22P05', '23505', '54000'])("%s is the data's fault", (code) => {
    expect(classifyError(failing(code))).toBe('data');
  });
  test.each(['08006', '25P03', '40001', '40P01', '53100', '55006', '55P03', '57014', '57P01', '58030'])(
    "%s is the infrastructure's",
    (code) => {
      expect(classifyError(failing(code))).toBe('infrastructure');
    },
  );
  test.each(['GetNewTransactionId', 'GetNewMultiXactId'])(
    '54000 of %s, a server short of transaction ids, is not the fault of the data',
    (routine) => {
      expect(classifyError(Object.assign(failing('54000'), { routine }))).toBe('infrastructure');
      expect(classifyError(Object.assign(failing('54000'), { routine: 'index_form_tuple' }))).toBe('data');
    },
  );
  test.each(['42P01', '55000', '55P04', 'XX000', 'P0001'])('%s is a defect, and parks nothing either', (code) => {
    expect(classifyError(failing(code))).toBe('defect');
  });
  test('has its class as type', () => {
    expect(errorTypeOf(failing('57P01'))).toBe('sqlstate_57');
    expect(errorTypeOf(failing('ECONNRESET'))).toBe('connection');
    expect(errorTypeOf(new TypeError('x is not a function'))).toBe('defect');
  });
});

describe('a lost connection', () => {
  test.each([
    failing('ECONNREFUSED'),
    failing('EPIPE'),
    failing('25P03'),
    failing('57P01'),
    new Error('Connection terminated unexpectedly'),
    new AggregateError([failing('ECONNREFUSED')]),
  ])('is known from %s', (error) => {
    expect(isConnectionLoss(error)).toBe(true);
    expect(classifyError(error)).toBe('infrastructure');
  });
  test.each([failing('40001'), failing('55P03'), new Error('something else')])('is not read from %s', (error) => {
    expect(isConnectionLoss(error)).toBe(false);
  });
});

describe('the failure of an event', () => {
  test('is bounded and can be stored, whatever was thrown', () => {
    const thrown = [
      new Error('a\u0000b'),
      'text',
      null,
      undefined,
      7,
      {
        toString: () => {
          throw new Error('no');
        },
      },
      new Error('x'.repeat(9999)),
    ];
    for (const one of thrown) {
      const { message } = describeFailure('handler_threw', one);
      expect(message.length).toBeLessThanOrEqual(500);
      expect(message).not.toContain('\u0000');
    }
    expect(describeFailure('handler_threw', new RangeError('out'))).toEqual({
      code: 'handler_threw',
      message: 'out',
      errorType: 'RangeError',
    });
  });
});
