import { expect, test } from 'vitest';
import { noBooks, type Tenure } from './checkpoint.ts';
import type { ErasedPart, ErasureCommand } from './erasure-store.ts';
import { createErasureWork } from './erasure-work.ts';
import type { KeptLane } from './kept-lane.ts';
import { createLaneTurn } from './lane-turn.ts';

const tenure: Tenure = { processor: 'timelines', version: 1, lane: 0, epoch: 1 };
const asked = (command: number): ErasureCommand => ({
  ...tenure,
  command,
  key: { tenant: 'default', systemName: 'shop', objectId: `o-${command}` },
  upTo: 9,
});

const failing = (code: string) => Object.assign(new Error('no'), { code });

const start = (failure: Error) => {
  const done: number[] = [];
  const erasePart = async (_tenure: Tenure, { command }: ErasureCommand): Promise<ErasedPart> => {
    if (command === 1) throw failure;
    done.push(command);
    return { outcome: 'advanced', found: { position: 0, epoch: 1 }, books: noBooks, holdings: { parked: 0, pending: 0 }, isDone: true };
  };
  const lane: KeptLane = {
    tenure,
    turn: createLaneTurn(),
    stopping: new AbortController().signal,
    unordered: null,
    setHoldings: () => {},
    drain: () => {},
    halt: () => {},
    fenced: async () => {},
  };
  return { work: createErasureWork({ store: { due: async () => [], erasePart }, laneOf: () => lane }), done };
};

test.each(['57014', '55P03', '42703'])('a command that fails by %s, for a reason of its own, holds up no other', async (code) => {
  const failure = failing(code);
  const { work, done } = start(failure);
  expect(await work([asked(1), asked(2)])).toEqual({ failure });
  expect(done).toEqual([2]);
});

test('storage that is out of reach is waited for by all of them', async () => {
  const failure = failing('57P01');
  const { work, done } = start(failure);
  await expect(work([asked(1), asked(2)])).rejects.toBe(failure);
  expect(done).toEqual([]);
});
