import { describe, expect, it } from 'vitest';
import { startDiskBudget } from './disk-budget.ts';
import type { Scheduler } from './scheduler.ts';

const createHeldTime = () => {
  let waiting: (() => void) | null = null;
  const scheduler: Scheduler = {
    nowMs: () => 0,
    after: (_delayMs, run) => {
      waiting = run;
      return {
        [Symbol.dispose]: () => {
          waiting = null;
        },
      };
    },
    soon: (run) => run(),
  };
  const settle = () => new Promise((resolve) => void setImmediate(resolve));
  return {
    scheduler,
    next: async () => {
      waiting?.();
      waiting = null;
      await settle();
    },
    isWaiting: () => waiting !== null,
  };
};

const startAt = async (limitBytes: number, first: number | Error) => {
  const time = createHeldTime();
  const told: string[] = [];
  let reading = first;
  const budget = await startDiskBudget({
    limitBytes,
    measure: async () => {
      if (reading instanceof Error) throw reading;
      return reading;
    },
    scheduler: time.scheduler,
    onFailure: (error) => told.push((error as Error).message),
    onChange: (state, usedBytes) => told.push(`${state} at ${usedBytes}`),
  });
  const measured = async (next: number | Error) => {
    reading = next;
    await time.next();
  };
  return { budget, told, measured, time };
};

describe('the disk budget', () => {
  it('has measured before anything is taken', async () => {
    const { budget, told } = await startAt(1000, 1000);
    expect(budget.refusal()).toMatchObject({
      code: 'disk_budget_used',
      message: expect.stringContaining('1000 bytes of the 1000 that FAULTLINE_DISK_BUDGET_BYTES allows: nothing was stored'),
    });
    expect(told).toEqual(['used up at 1000']);
  });

  it('takes all up to the last byte before it', async () => {
    const { budget, measured, told } = await startAt(1000, 0);
    await measured(999);
    expect(budget.refusal()).toBeNull();
    expect(budget.usedBytes()).toBe(999);
    expect(told).toEqual([]);
  });

  it('takes again only once there is some room', async () => {
    const { budget, measured, told } = await startAt(1000, 1200);
    await measured(980);
    expect(budget.refusal()).not.toBeNull();
    await measured(979);
    expect(budget.refusal()).toBeNull();
    expect(told).toEqual(['used up at 1200', 'room again at 979']);
  });

  it('goes by the last reading while there is no new one', async () => {
    const { budget, measured } = await startAt(1000, 1000);
    await measured(new Error('the database is away'));
    expect(budget.refusal()).not.toBeNull();
    await measured(10);
    expect(budget.refusal()).toBeNull();
  });

  it('does not start where there is a budget and nothing can be measured: nobody would keep it', async () => {
    await expect(startAt(1000, new Error('the database is away'))).rejects.toMatchObject({
      code: 'FL_DATABASE_UNREACHABLE',
      message: expect.stringMatching(/FAULTLINE_DISK_BUDGET_BYTES.*the database is away/),
    });
  });

  it('refuses nothing without a budget, and claims no size while nothing could be measured', async () => {
    const { budget, measured } = await startAt(0, new Error('the database is away'));
    expect(budget.refusal()).toBeNull();
    expect(budget.usedBytes()).toBeNaN();
    await measured(7);
    expect(budget.usedBytes()).toBe(7);
  });

  it('tells the first of several failed looks', async () => {
    const { measured, told } = await startAt(1000, 0);
    for (const next of [new Error('away'), new Error('still away'), 1, new Error('away again')]) await measured(next);
    expect(told).toEqual(['away', 'away again']);
  });

  it('refuses nothing without a budget', async () => {
    const { budget } = await startAt(0, 1e15);
    expect(budget.refusal()).toBeNull();
    expect(budget.usedBytes()).toBe(1e15);
  });

  it('measures no more once it is disposed of', async () => {
    const { budget, measured, time } = await startAt(1000, 0);
    budget[Symbol.dispose]();
    await measured(5000);
    expect(budget.usedBytes()).toBe(0);
    expect(time.isWaiting()).toBe(false);
  });
});
