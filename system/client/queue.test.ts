import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createQueue, membersOf, type Place, push, remove, unshift } from './queue.ts';

test('it is what an array would be, wherever its members come and go', () => {
  const operation = fc.record({ kind: fc.constantFrom('push', 'unshift', 'remove'), at: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(operation), (operations) => {
      const queue = createQueue<number>();
      const model: Place<number>[] = [];
      operations.forEach(({ kind, at }, value) => {
        if (kind === 'push') model.push(push(queue, value));
        else if (kind === 'unshift') model.unshift(unshift(queue, value));
        else if (model.length > 0) remove(queue, model.splice(at % model.length, 1)[0]!);
      });
      expect([...membersOf(queue)]).toEqual(model.map(({ value }) => value));
      expect([queue.size, queue.first?.value, queue.last?.value]).toEqual([model.length, model[0]?.value, model.at(-1)?.value]);
    }),
  );
});

test('the member that was given last may leave while one walks', () => {
  const queue = createQueue<number>();
  const places = [1, 2, 3].map((value) => push(queue, value));
  const seen = [];
  for (const value of membersOf(queue)) {
    seen.push(value);
    remove(queue, places[value - 1]!);
  }
  expect([seen, queue.size]).toEqual([[1, 2, 3], 0]);
});
