import { expect, test } from 'vitest';
import { parseStartOptions } from './options.ts';

const refusal = (...parameters: string[]): string => {
  let said = '';
  expect(() => parseStartOptions(parameters, (text) => (said += text))).toThrow('');
  return said;
};

test('without flags everything has its default', () => {
  expect(parseStartOptions([])).toEqual({ data: null, port: 4000, queryPort: 4001, ingest: 1, workers: 2, processor: [], verbose: false });
});

test('reads each flag', () => {
  expect(
    parseStartOptions([
      '--data',
      '/d',
      '--port',
      '0',
      '--query-port',
      '0',
      '--ingest',
      '2',
      '--workers',
      '3',
      '--verbose',
      '--processor',
      'a.ts',
      '--processor',
      'b.ts',
    ]),
  ).toEqual({
    data: '/d',
    port: 0,
    queryPort: 0,
    ingest: 2,
    workers: 3,
    processor: ['a.ts', 'b.ts'],
    verbose: true,
  });
});

test('an unknown flag names the near one', () => {
  expect(refusal('--prot', '1')).toMatch(/unknown option '--prot'[^]*--port/);
});

test('a value out of range says the range', () => {
  expect(refusal('--workers', '0')).toContain('from 1 to 16');
  expect(refusal('--port', '4k')).toContain('from 0 to 65535');
});

test('what is no flag is refused', () => {
  expect(refusal('data')).toContain('too many arguments');
});
