import { expect, test } from 'vitest';
import { type Welcome, welcomeText } from './welcome.ts';

const plain: Welcome = {
  ingestUrl: 'http://127.0.0.1:4000',
  ingestCount: 1,
  udpUrl: null,
  queryUrl: 'http://127.0.0.1:4001',
  workerCount: 2,
  processors: [],
  storage: 'PostgreSQL 18',
  state: 'empty: no event yet',
  isKeyNeeded: false,
  certificatePath: null,
  now: new Date('2026-01-02T03:04:05Z'),
};

test('says where each door is, and a request for each that works when pasted', () => {
  const words = welcomeText(plain);
  expect(words).toMatch(/^ingest +http:\/\/127\.0\.0\.1:4000$/m);
  expect(words).not.toMatch(/^udp/m);
  expect(words).toContain(`\n  curl -sS http://127.0.0.1:4000/events -H 'content-type: application/json' -d '{"system_name":"shop"`);
  expect(words).toContain('\n  curl -sS http://127.0.0.1:4001/timelines/shop/order-1\n');
});

test('with keys and a certificate the requests have them, and what else was asked for is named', () => {
  const words = welcomeText({
    ...plain,
    isKeyNeeded: true,
    certificatePath: 'cert.pem',
    udpUrl: 'udp://127.0.0.1:8125',
    processors: ['baskets/1'],
  });
  expect(words).toContain(
    '  curl -sS --cacert cert.pem -H "authorization: Bearer $FAULTLINE_API_KEY" http://127.0.0.1:4001/timelines/shop/order-1\n',
  );
  expect(words).toMatch(/^udp +udp:\/\/127\.0\.0\.1:8125$/m);
  expect(words).toMatch(/^workers +2, with baskets\/1$/m);
});
