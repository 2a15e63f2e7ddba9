import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frame } from './event-frames.ts';

/** As the HTML standard reads a stream, for one frame. */
const read = (text: string) => {
  const fields = text.split(/\r\n|\r|\n/).map((line) => /^(\w+): (.*)$/s.exec(line));
  const valuesOf = (name: string) => fields.flatMap((field) => (field?.[1] === name ? [field[2]!] : []));
  return { id: valuesOf('id')[0], event: valuesOf('event')[0], data: valuesOf('data').join('\n'), ends: text.endsWith('\n\n') };
};

test('a frame holds its id, its name, and its text with each line end as one line feed', () => {
  expect(read(frame('event', '{"a":\r\n1,\r"b":\n2}', '0:1'))).toEqual({
    id: '0:1',
    event: 'event',
    data: '{"a":\n1,\n"b":\n2}',
    ends: true,
  });
  expect(frame('end', '{}')).toBe('event: end\ndata: {}\n\n');
});

test('whatever the JSON of an event is, its meaning comes out', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 1, 2), (json, spaces) => {
      const text = JSON.stringify(JSON.parse(json), null, spaces);
      expect(JSON.parse(read(frame('event', text, '1:2')).data)).toEqual(JSON.parse(json));
    }),
  );
});
