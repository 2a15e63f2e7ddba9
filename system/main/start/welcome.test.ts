import { expect, test } from 'vitest';
import { welcomeText } from './welcome.ts';

const welcome = {
  ingestUrl: 'http://127.0.0.1:4000',
  ingestCount: 1,
  queryUrl: 'http://127.0.0.1:4001',
  udpUrl: null,
  workerCount: 2,
  storage: 'PostgreSQL',
  state: 'empty',
  certificatePath: null,
  now: new Date(0),
};

test('the welcome names the address of datagrams where they are taken, and no other', () => {
  expect(welcomeText(welcome)).not.toContain('datagrams');
  expect(welcomeText({ ...welcome, udpUrl: 'udp://127.0.0.1:8125' })).toMatch(/^query .*\ndatagrams udp:\/\/127\.0\.0\.1:8125\nworkers /m);
});
