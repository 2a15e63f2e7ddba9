import { describe, expect, test } from 'vitest';
import { noBooks, type Tenure } from './checkpoint.ts';
import type { KeptLane } from './kept-lane.ts';
import { createLaneTurn } from './lane-turn.ts';
import type { Carried, RecoveryCommand, RecoveryEnd, RecoveryStore } from './recovery-store.ts';
import { createRecoveryWork } from './recovery-work.ts';

const tenure: Tenure = { processor: 'timelines', version: 1, lane: 0, epoch: 1 };
const asked = (command: number, objectId: string, action: RecoveryCommand['action'] = 'discard'): RecoveryCommand => ({
  ...tenure,
  command,
  job: 1,
  action,
  key: { tenant: 'default', systemName: 'shop', objectId },
  position: command,
  fix: null,
  requestedBy: 'ann',
});

type Act = (command: RecoveryCommand) => Carried['outcome'] | Error | Promise<Carried['outcome']>;

const start = (act: Act) => {
  const done: number[] = [];
  const told: RecoveryEnd[] = [];
  const fenced: string[] = [];
  const carry = async (_tenure: Tenure, command: RecoveryCommand): Promise<Carried> => {
    const outcome = await act(command);
    if (outcome instanceof Error) throw outcome;
    done.push(command.command);
    const { job, action, requestedBy } = command;
    const end = { command: command.command, job, action, requestedBy, outcome: 'discarded', events: 1 } as const;
    const holdings = { parked: 0, pending: 0 };
    return { outcome, found: { position: 0, epoch: 1 }, books: noBooks, holdings, end: outcome === 'advanced' ? end : null };
  };
  const store = { discard: carry, unfix: carry } as unknown as RecoveryStore;
  const lane: KeptLane = {
    tenure,
    turn: createLaneTurn(),
    stopping: new AbortController().signal,
    unordered: null,
    setHoldings: () => {},
    drain: () => {},
    halt: () => {},
    fenced: async (_settled, what) => void fenced.push(what),
  };
  const isHeld = () => {
    const over = lane.turn.over().then(() => false);
    return Promise.race([over, new Promise<boolean>((resolve) => void setImmediate(() => resolve(true)))]);
  };
  const work = createRecoveryWork({
    store,
    telemetry: { recovered: (_tenure, end) => void told.push(end) },
    laneOf: () => lane,
    runTask: async () => null,
  });
  return { work, done, told, fenced, isHeld };
};

const defect = Object.assign(new Error('no such column'), { code: '42703' });
const down = Object.assign(new Error('shutting down'), { code: '57P01' });

describe('recovery commands of a round', () => {
  test('are carried out in their order, and each is told of', async () => {
    const { work, done, told } = start(() => 'advanced');
    await work([asked(1, 'a', 'unfix'), asked(2, 'b'), asked(3, 'a')]);
    expect(done).toEqual([1, 2, 3]);
    expect(told.map(({ command }) => command)).toEqual([1, 2, 3]);
  });

  test('that fail for a reason of their own hold up what was asked of their key, and nothing else', async () => {
    const { work, done } = start(({ command }) => (command === 1 ? defect : 'advanced'));
    await expect(work([asked(1, 'a', 'unfix'), asked(2, 'b'), asked(3, 'a')])).rejects.toBe(defect);
    expect(done).toEqual([2]);
  });

  test('wait, all of them, for storage that is out of reach', async () => {
    const { work, done } = start(({ command }) => (command === 2 ? down : 'advanced'));
    await expect(work([asked(1, 'a'), asked(2, 'b'), asked(3, 'c')])).rejects.toBe(down);
    expect(done).toEqual([1]);
  });

  test('have the turn of their lane until they are written', async () => {
    const { promise, resolve } = Promise.withResolvers<Carried['outcome']>();
    const { work, isHeld } = start(() => promise);
    const working = work([asked(1, 'a')]);
    expect(await isHeld()).toBe(true);
    resolve('advanced');
    await working;
    expect(await isHeld()).toBe(false);
  });

  test('under an epoch that is gone end the lane here, and tell of nothing', async () => {
    const { work, told, fenced } = start(() => 'fenced');
    await work([asked(1, 'a')]);
    expect(fenced).toEqual(['a recovery command']);
    expect(told).toEqual([]);
  });
});
