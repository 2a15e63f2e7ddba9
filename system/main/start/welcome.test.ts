import { expect, test } from 'vitest';
import { welcomeText } from './welcome.ts';

const welcome = {
  ingestUrl: 'http://127.0.0.1:4000',
  ingestCount: 1,
  queryUrl: 'http://127.0.0.1:4001',
  udpUrl: null,
  workerCount: 2,
  processors: [],
  storage: 'PostgreSQL',
  state: 'empty',
  certificatePath: null,
  now: new Date(0),
};

test('the welcome names the address of datagrams where they are taken, and no other', () => {
  expect(welcomeText(welcome)).not.toContain('udp');
  expect(welcomeText({ ...welcome, udpUrl: 'udp://127.0.0.1:8125' })).toMatch(/^udp +udp:\/\/127\.0\.0\.1:8125$/m);
});
