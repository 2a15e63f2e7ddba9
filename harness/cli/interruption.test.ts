import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { watchInterruption } from './interruption.ts';

const watched = () => {
  const emitter = new EventEmitter();
  const said: string[] = [];
  const state = { nowMs: 0, ended: 0 };
  const interruption = watchInterruption(
    (text) => said.push(text),
    () => (state.ended += 1),
    {
      on: (name, listener) => emitter.on(name, listener),
      off: (name, listener) => emitter.off(name, listener),
      now: () => state.nowMs,
    },
  );
  const send = (name: string, atMs: number): void => {
    state.nowMs = atMs;
    emitter.emit(name);
  };
  return { emitter, said, state, interruption, send };
};

test('the first signal takes everything down in order', () => {
  const { said, state, interruption, send } = watched();
  send('SIGINT', 5);
  expect([interruption.signal.aborted, state.ended]).toEqual([true, 0]);
  expect(said).toEqual([expect.stringContaining('taking everything down')]);
});

test('what a terminal, npm and a wrapper hand on of one Ctrl-C is one interruption', () => {
  const { said, state, send } = watched();
  send('SIGINT', 5);
  send('SIGINT', 5);
  send('SIGTERM', 40);
  send('SIGINT', 1000);
  expect([state.ended, said.length]).toEqual([0, 1]);
});

test('one that comes a second later is another, and ends the harness at once', () => {
  const { said, state, send } = watched();
  send('SIGINT', 5);
  send('SIGINT', 500);
  send('SIGINT', 1005);
  expect([state.ended, said.at(-1)]).toEqual([1, expect.stringContaining('ending at once')]);
});

test('nothing is listened for once it is over', () => {
  const { emitter, interruption } = watched();
  interruption[Symbol.dispose]();
  expect(emitter.eventNames()).toEqual([]);
});
