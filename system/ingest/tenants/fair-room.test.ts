import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFairRoom } from './fair-room.ts';

const room = (isShared = true) => createFairRoom({ limitBytes: 1200, isShared: () => isShared });
const fill = (held: ReturnType<typeof room>, tenant: string, bytes = 100) => {
  let taken = 0;
  while (taken < 100 && held.take(tenant, bytes)) taken += 1;
  return taken * bytes;
};

test('without tenants to share with, one has it all', () => {
  expect(fill(room(false), 'default')).toBe(1200);
});

test('of n tenants each has one part of n + 1: another always finds room', () => {
  const held = room();
  expect(fill(held, 'a')).toBe(600);
  expect(fill(held, 'b')).toBe(400);
  expect(fill(held, 'c')).toBe(200);
  expect(held.heldBytes()).toBe(1200);
});

test('who has more than its share, as others came, waits until it is down to that', () => {
  const held = room();
  fill(held, 'a');
  held.take('b', 100);
  held.giveBack('a', 100);
  expect(held.take('a', 100)).toBe(false);
  held.giveBack('a', 200);
  expect(held.take('a', 100)).toBe(true);
});

test('what is larger than a share, or than everything, comes in where there is room for it', () => {
  const held = room();
  expect(held.take('a', 5000)).toBe(true);
  expect(held.take('b', 1)).toBe(false);
  held.giveBack('a', 5000);
  expect(held.take('b', 100)).toBe(true);
  expect(held.take('a', 1000)).toBe(true);
  expect(held.take('a', 1)).toBe(false);
});

test('what grows stays within room and share, but alone it may grow as it likes', () => {
  const held = room();
  held.take('a', 100);
  expect(held.grow('a', 100, 5000)).toBe(true);
  held.giveBack('a', 5100);
  held.take('a', 300);
  held.take('a', 100);
  expect(held.grow('a', 100, 201)).toBe(false);
  expect(held.grow('a', 100, 200)).toBe(true);
  expect(held.heldBytes()).toBe(600);
});

test('what is given back is there again, whoever held it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 900 }), fc.boolean())), (steps) => {
      const held = room();
      const mine: [string, number][] = [];
      for (const [tenant, bytes, isBack] of steps) {
        const last = isBack ? mine.pop() : undefined;
        if (last !== undefined) held.giveBack(...last);
        else if (held.take(tenant, bytes)) mine.push([tenant, bytes]);
        expect(held.heldBytes()).toBe(mine.reduce((sum, [, size]) => sum + size, 0));
      }
      for (const [tenant, bytes] of mine) held.giveBack(tenant, bytes);
      expect([held.heldBytes(), held.take('d', 5000)]).toEqual([0, true]);
    }),
  );
});
