// The attach runtime against a stack that lets in only who has the password: an embedded one behind a guard.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { systemClock } from '../../engine/clock.ts';
import type { ProcessRegistry } from '../process-registry.ts';
import { startTestStack } from '../embedded/testing.ts';
import type { StackOptions } from '../stack-options.ts';
import { startAttach } from './start-attach.ts';

const password = 'correct-horse';
const expected = `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;

const passOn = async (behind: string, incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
  if (incoming.headers.authorization !== expected) return void answer.writeHead(401).end('who are you?');
  const headers = { 'content-type': incoming.headers['content-type'] ?? 'text/plain' };
  const body = Buffer.concat((await Array.fromAsync(incoming)) as Buffer[]);
  const method = incoming.method as 'GET' | 'POST';
  const given = await request(behind + (incoming.url ?? ''), { method, headers, ...(method === 'GET' ? {} : { body }) });
  answer.writeHead(given.statusCode, { 'content-type': 'application/json' }).end(await given.body.text());
};

const startGuard = async (behind: string) => {
  const server = createServer((incoming, answer) => void passOn(behind, incoming, answer));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
};

const variables = (url: string, given: string): Record<string, string> =>
  Object.fromEntries(
    ['PROMETHEUS', 'TEMPO', 'LOKI', 'OTLP'].flatMap((name) => [
      [`FAULTLINE_${name}_URL`, url],
      [`FAULTLINE_${name}_USER`, 'me'],
      [`FAULTLINE_${name}_PASSWORD`, given],
    ]),
  );

const optionsOf = (environment: Record<string, string>): StackOptions => ({
  registry: { run: 'run-1' } as ProcessRegistry,
  logFolder: '',
  signal: new AbortController().signal,
  clock: systemClock,
  environment,
  ruleFiles: ['run.rules.yml'],
});

test('with its credentials a stack proves that it hears and answers; what is public of it holds none of them', async () => {
  await using behind = await startTestStack();
  await using guard = await startGuard(behind.url);
  await using stack = await startAttach(optionsOf(variables(guard.url, password)));
  expect(stack.endpoints).toMatchObject({ prometheus: guard.url, otlp: { traces: `${guard.url}/v1/traces` } });
  expect(stack.warnings).toContainEqual(expect.stringContaining('loads no rules for a run'));
  expect([stack.processes, await stack.dropped(0)]).toEqual([[], 'uncounted']);
  const { access: _access, ...open } = stack;
  expect(JSON.stringify(open)).not.toContain(password);
});

test('without the right ones it says who refused, and keeps them to itself', async () => {
  await using behind = await startTestStack();
  await using guard = await startGuard(behind.url);
  const failure = await startAttach(optionsOf(variables(guard.url, 'wrong-horse'))).catch((error: unknown) => error as Error);
  expect((failure as Error).message).toMatch(/did not come back:\n {2}metric \(Prometheus\): otlp answered 401/);
  expect(String((failure as Error).stack)).not.toContain('wrong-horse');
});
