// An import that is interrupted twice: on a small server in the place of the process that appends, which is killed and started again for real, before a ledger of ours.
import { createHttpProbe } from '../../../faults/link/http-probe.ts';
import { askFresh } from '../../../faults/link/probe.ts';
import { startSmallTarget } from '../../../faults/testing/small-target.ts';
import type { Fault } from '../../../scenario/scenario.ts';
import type { ImportClient, RunningTarget } from '../../../targets/target.ts';
import { claimsNothing, type FaultCase, moment, seenOnAndGoneAfter, type Stage } from './fault-case.ts';

const lines = 200;
const everyMs = 10;
const fault: Fault = { kind: 'import', name: 'past', at: moment, seconds: 5, lines, ratePerSecond: 400 };

/** What is settled outlives the client that settled it. `linesPerTurn`: 0 where nothing is ever imported. */
const createLedger = (linesPerTurn: number) => {
  let settled = 0;
  const start = (): ImportClient => {
    const ended = Promise.withResolvers<{ readonly code: number | null; readonly signal: string | null }>();
    const timer = setInterval(() => {
      settled = Math.min(lines, settled + linesPerTurn);
      if (settled === lines) end({ code: 0, signal: null });
    }, everyMs);
    const end = (exit: { readonly code: number | null; readonly signal: string | null }) => {
      clearInterval(timer);
      ended.resolve(exit);
    };
    const kill = (signal: string) => {
      end({ code: null, signal });
      return true;
    };
    return { pid: 0, exited: ended.promise, kill };
  };
  return { settled: () => settled, start };
};

const open = (linesPerTurn: number) => async (): Promise<Stage> => {
  const small = await startSmallTarget();
  const ledger = createLedger(linesPerTurn);
  const target: RunningTarget = {
    ...small.target,
    processes: () => small.target.processes().map((process) => ({ ...process, role: 'query' })),
    restart: () => small.target.restart('worker', 0),
    importFile: async () => ledger.start(),
    query: (async () => [{ settled: ledger.settled() }]) as unknown as RunningTarget['query'],
  };
  return {
    target,
    isFelt: async () => !(await askFresh(createHttpProbe(small.current().address), 500)).ok,
    [Symbol.asyncDispose]: () => small[Symbol.asyncDispose](),
  };
};

export const importCases: readonly FaultCase[] = [
  {
    of: 'import',
    isPatient: true,
    red: claimsNothing('an import of which no line comes was not interrupted in its middle', {
      fault: { ...fault, seconds: 0.5 },
      open: open(0),
    }),
    green: seenOnAndGoneAfter({ fault, open: open(2) }),
  },
];
