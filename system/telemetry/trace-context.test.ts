import { describe, expect, it } from 'vitest';
import { formatTraceparent, parseTraceparent } from './trace-context.ts';

const sampled = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a traceparent', () => {
  it('is read and written back', () => {
    const context = parseTraceparent(sampled);
    expect(context).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 1,
      isRemote: true,
    });
    expect(context && formatTraceparent(context)).toBe(sampled);
  });

  it('is not handed on where it is not sampled', () => {
    const context = parseTraceparent(sampled.replace(/01$/, '00'));
    expect(context).not.toBeNull();
    expect(context && formatTraceparent(context)).toBeNull();
  });

  it.each([
    undefined,
    null,
    '',
    'x',
    `${sampled}-more`,
    sampled.toUpperCase().replace('00-', 'ff-'),
    sampled.replace('b7ad6b7169203331', '0000000000000000'),
    sampled.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32)),
    [sampled, sampled],
  ])('that is %j is none', (value) => {
    expect(parseTraceparent(value)).toBeNull();
  });
});
