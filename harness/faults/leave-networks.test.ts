import { expect, test } from 'vitest';
import { leaveNetworks } from './leave-networks.ts';

const engine = (refuses: Readonly<Record<string, string>> = {}) => {
  const done: string[] = [];
  const step =
    (what: string) =>
    async (name: string): Promise<void> => {
      if (refuses[name] === what) throw new Error(`${name} can not ${what}`);
      done.push(`${what} ${name}`);
    };
  return { done, leave: step('leave'), join: step('join') };
};

test('all are left, and joined again when healed', async () => {
  const { done, ...acts } = engine();
  const rejoin = await leaveNetworks(['one', 'two'], acts);
  await rejoin();
  expect(done).toEqual(['leave one', 'leave two', 'join one', 'join two']);
});

test('where the second can not be left the first is joined again, and the failure is told', async () => {
  const { done, ...acts } = engine({ two: 'leave' });
  await expect(leaveNetworks(['one', 'two', 'three'], acts)).rejects.toThrow('two can not leave');
  expect(done).toEqual(['leave one', 'join one']);
});

test('one that can not be joined again keeps nobody from joining the others', async () => {
  const { done, ...acts } = engine({ one: 'join' });
  const rejoin = await leaveNetworks(['one', 'two'], acts);
  await expect(rejoin()).rejects.toThrow('one can not join');
  expect(done).toEqual(['leave one', 'leave two', 'join two']);
});

test('of several that can not be joined again each is told', async () => {
  const { done, ...acts } = engine({ one: 'join', three: 'join' });
  const rejoin = await leaveNetworks(['one', 'two', 'three'], acts);
  await expect(rejoin()).rejects.toThrow('one can not join; then three can not join');
  expect(done).toEqual(['leave one', 'leave two', 'leave three', 'join two']);
});

test('where the second can not be left and the first not be joined again, both are told', async () => {
  const { done, ...acts } = engine({ one: 'join', two: 'leave' });
  await expect(leaveNetworks(['one', 'two'], acts)).rejects.toThrow('two can not leave; then one can not join');
  expect(done).toEqual(['leave one']);
});
