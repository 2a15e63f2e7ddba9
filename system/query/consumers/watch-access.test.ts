import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { openAccess, type Access, type AccessRefusal } from '../../access/access-keys.ts';
import { watchAccess } from './watch-access.ts';

const request = { headers: {} } as FastifyRequest;
const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

const start = () => {
  const pending = new Set<() => void>();
  const asked: PromiseWithResolvers<Access | AccessRefusal>[] = [];
  const timers = {
    after: (_delayMs: number, run: () => void) => {
      pending.add(run);
      return { [Symbol.dispose]: () => void pending.delete(run) };
    },
  };
  const demand = () => {
    asked.push(Promise.withResolvers());
    return asked.at(-1)!.promise;
  };
  const look = () => {
    const [run] = pending;
    pending.delete(run!);
    run!();
  };
  return { watch: watchAccess({ demand }, request, timers), pending, asked, look };
};

test('looks again and again, and says when the key may not read any more', async () => {
  const { watch, asked, look } = start();
  look();
  asked[0]!.resolve(openAccess);
  await settle();
  look();
  asked[1]!.resolve({ refused: 'unauthenticated', message: 'revoked' });
  await settle();
  expect(watch.ended.reason).toBe('access_ended');
});

test('that is over looks no more, also where it was just looking', async () => {
  const { watch, pending, asked, look } = start();
  look();
  watch[Symbol.dispose]();
  asked[0]!.resolve(openAccess);
  await settle();
  expect(pending.size).toBe(0);
});
