import { expect, test } from 'vitest';
import { SystemError } from '../../contract/system-error.ts';
import { portTaken } from '../port-taken.ts';
import { rewordPortTaken } from './reword-port-taken.ts';

const taken = (variable: 'FAULTLINE_PORT' | 'FAULTLINE_UDP_PORT') =>
  portTaken({ port: 4001, host: '127.0.0.1', variable, owner: 'by pid 7 (node)', mayShare: true, cause: null });

test('what a process says of its port has the variable; what npm start says of it has the flag', () => {
  expect(taken('FAULTLINE_PORT').message).toMatch(
    /^Port 4001 on 127\.0\.0\.1 is taken by pid 7 \(node\)\. Set FAULTLINE_PORT to another.*REUSE_PORT/,
  );
  const { code, message } = rewordPortTaken('--query-port')(taken('FAULTLINE_PORT'));
  expect([code, message]).toEqual([
    'FL_PORT_TAKEN',
    'Port 4001 is taken by pid 7 (node). Stop it, or choose another port with --query-port.',
  ]);
});

test('a port that has no flag keeps its variable, and every other refusal its words', () => {
  expect(rewordPortTaken('--port')(taken('FAULTLINE_UDP_PORT')).message).toBe(
    'Port 4001 for datagrams is taken by pid 7 (node). Stop it, or set FAULTLINE_UDP_PORT to another, or to 0 for any free one.',
  );
  const other = new SystemError('FL_POSTGRES_FAILED', 'It ended.');
  expect(rewordPortTaken('--port')(other)).toBe(other);
});
