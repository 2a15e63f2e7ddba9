import { describe, expect, it } from 'vitest';
import { seriesName } from './legend.ts';

const labels = { __name__: 'lag', lane: '3', processor: 'events' };

describe('seriesName', () => {
  it.each<[string | undefined, string]>([
    ['{{processor}} / {{ lane }}', 'events / 3'],
    ['{{missing}}', 'missing'],
    ['fixed', 'fixed'],
    ['', 'lag{lane="3", processor="events"}'],
    [undefined, 'lag{lane="3", processor="events"}'],
    ['{{toString}}', 'toString'],
  ])('of the format %j is %s', (format, expected) => expect(seriesName(labels, format, 'x')).toBe(expected));

  it('is the value of the only label where the format is automatic', () => {
    expect(seriesName({ __name__: 'lag', lane: '3' }, '__auto', 'x')).toBe('3');
    expect(seriesName(labels, '__auto', 'x')).toBe('lag{lane="3", processor="events"}');
  });

  it('is the query where the series has no label at all', () => expect(seriesName({}, undefined, 'sum(lag)')).toBe('sum(lag)'));
});
