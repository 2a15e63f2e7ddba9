import { expect, test } from 'vitest';
import { parseServerSettings, serverParameters } from './server-settings.ts';

test('reads name=value pairs', () => {
  expect(parseServerSettings(' fsync=off; search_path = a, b ;')).toEqual({ fsync: 'off', search_path: 'a, b' });
  expect(parseServerSettings('')).toEqual({});
  // npm start puts room for its connections before what the user says.
  expect(parseServerSettings('max_connections=160;max_connections=50')).toEqual({ max_connections: '50' });
});

test('names the part that is no pair', () => {
  expect(() => parseServerSettings('fsync=off;nonsense')).toThrow('"nonsense"');
});

test('the port given wins over one in the settings', () => {
  expect(serverParameters('/d', 5433, { port: '1', jit: 'off' })).toEqual(['-D', '/d', '-c', 'port=5433', '-c', 'jit=off']);
});
