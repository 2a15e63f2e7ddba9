import fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askAlertRules } from './alert-rules.ts';

const rule = (name: string, health: string, type = 'alerting', lastError = '') => ({
  name,
  health,
  type,
  ...(lastError ? { lastError } : {}),
});
const answers: Record<string, unknown> = {
  '/good': {
    status: 'success',
    data: {
      groups: [
        { interval: 1, rules: [rule('A', 'ok'), rule('r:s', 'ok', 'recording')] },
        { interval: 15, rules: [rule('B', 'ok')] },
      ],
    },
  },
  '/bad': {
    status: 'success',
    data: {
      groups: [
        {
          interval: 1,
          rules: [rule('A', 'ok'), rule('A', 'err', 'alerting', 'many-to-many'), rule('B', 'unknown'), rule('r:s', 'err', 'recording')],
        },
      ],
    },
  },
  '/none': { status: 'success', data: { groups: [] } },
  '/odd': { status: 'error' },
};
const app = fastify();
let address = '';

beforeAll(async () => {
  for (const [path, body] of Object.entries(answers)) app.get(`${path}/api/v1/rules`, async () => body);
  address = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());

const askAt = (path: string) => askAlertRules({ url: `${address}${path}` });

test('lists the alerts, not what is recorded', async () => {
  expect(await askAt('/good')).toEqual([
    { alert: 'A', health: 'ok', intervalSeconds: 1 },
    { alert: 'B', health: 'ok', intervalSeconds: 15 },
  ]);
  expect(await askAt('/none')).toEqual([]);
});

test('a name is as well as the worst of its rules, and a recording rule that fails is told too: alerts rest on it', async () => {
  expect(await askAt('/bad')).toEqual([
    { alert: 'A', health: 'err', intervalSeconds: 1, lastError: 'many-to-many' },
    { alert: 'B', health: 'unknown', intervalSeconds: 1 },
    { alert: 'r:s', health: 'err', intervalSeconds: 1 },
  ]);
});

test('an answer that holds no rules, and no answer at all, are errors and not an empty list', async () => {
  await expect(askAt('/odd')).rejects.toMatchObject({ code: 'FL_STACK_FAILED' });
  await expect(askAt('/missing')).rejects.toMatchObject({ code: 'FL_STACK_FAILED' });
});
