import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseStackOptions } from './stack-options.ts';
import { wellKnownPorts } from './stack-ports.ts';
import { parseVerifyOptions } from './verify-options.ts';

const problemOf = (...parameters: string[]): string => {
  try {
    parseStackOptions(parameters);
    return 'none';
  } catch (error) {
    expect(error).toMatchObject({ code: 'FL_USAGE' });
    return (error as Error).message;
  }
};

test('up is the embedded runtime in the foreground, unless it is told otherwise', () => {
  expect(parseStackOptions(['up'])).toEqual({
    command: 'up',
    runtime: 'embedded',
    port: null,
    without: [],
    rules: [],
    detach: false,
    json: false,
    folder: resolve('.faultline/stack'),
  });
  expect(parseStackOptions(['up', '--runtime', 'docker', '--without', 'grafana', '--detach'])).toMatchObject({
    runtime: 'docker',
    without: ['grafana'],
    detach: true,
  });
});

test.each([
  [['up', '--runtime', 'nativ'], 'There is no runtime nativ; there are embedded, native, docker, attach. Did you mean native? See'],
  [['up', '--without', 'grafna'], "grafna can't be left out; what can is grafana. Did you mean grafana?"],
  [['up', '--without', 'loki'], "loki can't be left out"],
  [['up', '--runtime', 'attach'], 'an existing stack is not started or ended here'],
  [['up', '--runtime', 'native', '--port', '1'], '--port is for the embedded runtime'],
  [['up', '--port', 'x'], 'A port is a whole number'],
  [['up', '--rules', 'no/such.yml'], 'There is no file no/such.yml'],
  [['restart'], 'Allowed choices are up, down, status'],
  [[], 'missing required argument'],
])('%j is refused in words', (parameters, expected) => {
  expect(problemOf(...parameters)).toContain(expected);
});

test('--help tells of every runtime and of the variables by which a stack is found', () => {
  const { help } = parseStackOptions(['--help']) as { help: string };
  for (const word of ['embedded', 'native', 'docker', 'attach', 'FAULTLINE_OTLP_URL', 'FAULTLINE_LOKI_PORT']) expect(help).toContain(word);
});

test('verify takes any runtime, and a mistyped one is told what comes near', () => {
  expect(parseVerifyOptions(['--runtime', 'attach'], {}, () => 0)).toMatchObject({ runtime: 'attach', without: [] });
  expect(parseVerifyOptions([], {}, () => 0)).toMatchObject({ runtime: 'embedded' });
  expect(() => parseVerifyOptions(['--runtime', 'dokcer'], {}, () => 0)).toThrow('Did you mean docker?');
});

test('ports are the usual ones, each changed by its variable', () => {
  const usual = { prometheus: 9090, tempo: 3200, tempoOtlp: 4318, loki: 3100, grafana: 3000 };
  expect(wellKnownPorts({})).toEqual(usual);
  expect(wellKnownPorts({ FAULTLINE_GRAFANA_PORT: '3001', FAULTLINE_LOKI_PORT: '' })).toEqual({ ...usual, grafana: 3001 });
  expect(() => wellKnownPorts({ FAULTLINE_LOKI_PORT: '0x10' })).toThrow('FAULTLINE_LOKI_PORT is 0x10, which is no port');
});
