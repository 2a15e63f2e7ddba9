import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSenderWindows, windowNumbers } from './sender-windows.ts';

const name = { tenant: 'default', source: 'till-1', boot: 'a' };

test('a number is new once, whatever the order and however often it comes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3 * windowNumbers }), { maxLength: 400 }), (numbers) => {
      const windows = createSenderWindows(10);
      const seen = new Set<number>();
      let highest = 0;
      for (const number of numbers) {
        const expected = number <= highest - windowNumbers ? 'undecided' : seen.has(number) ? 'repeated' : 'new';
        expect(windows.arrived(name, number)).toMatchObject({ kind: expected, isDisplaced: number < highest });
        seen.add(number);
        highest = Math.max(highest, number);
      }
    }),
  );
});

test('the window moves by any step, and forgets what lay a whole window back', () => {
  const windows = createSenderWindows(10);
  const kindOf = (number: number) => windows.arrived(name, number).kind;
  expect([kindOf(1), kindOf(2 * windowNumbers), kindOf(windowNumbers + 1), kindOf(windowNumbers)]).toEqual([
    'new',
    'new',
    'new',
    'undecided',
  ]);
  expect([kindOf(3), kindOf(2 * windowNumbers)]).toEqual(['undecided', 'repeated']);
});

test('each start of a sender has numbers of its own, and a door says by which number it met it', () => {
  const windows = createSenderWindows(10);
  expect(windows.senderOf(name).first).toBeNull();
  expect(windows.arrived(name, 5).sender).toEqual({ ...name, first: 5 });
  expect(windows.arrived(name, 4).sender.first).toBe(5);
  expect(windows.arrived({ ...name, boot: 'b' }, 5)).toMatchObject({ kind: 'new', sender: { boot: 'b', first: 5 } });
});

test('of more senders than the limit the one that was silent for longest is forgotten', () => {
  const windows = createSenderWindows(2);
  const of = (source: string) => ({ ...name, source });
  windows.arrived(of('one'), 1);
  windows.arrived(of('two'), 1);
  windows.arrived(of('one'), 2);
  windows.arrived(of('three'), 1);
  expect(windows.arrived(of('one'), 2).kind).toBe('repeated');
  expect(windows.arrived(of('two'), 1).kind).toBe('new');
});
