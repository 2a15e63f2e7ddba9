// Faults of the machine: what the kernel says of it is the evidence, and nothing else knows it better.
import { readFile } from 'node:fs/promises';
import type { StartFaultHelper } from '../../../faults/fault.ts';
import { partialTarget } from '../../../faults/testing/fault-world.ts';
import { startSmallTarget } from '../../../faults/testing/small-target.ts';
import type { Fault } from '../../../scenario/scenario.ts';
import { claimsNothing, type FaultCase, moment, seenOnAndGoneAfter, type Stage } from './fault-case.ts';

const megabytes = 512;
const cpu: Fault = { kind: 'cpu-pressure', name: 'cpu-pressure', at: moment, seconds: 3, burners: 12 };
const memory: Fault = { kind: 'memory-pressure', name: 'memory-pressure', at: moment, seconds: 1, megabytes };

/** Takes nothing and burns nothing; no process has such a number. */
const startIdle: StartFaultHelper = () =>
  Promise.resolve({ pid: 2 ** 22 + 1, exited: Promise.resolve(), [Symbol.asyncDispose]: () => Promise.resolve() });

/** Wants the CPU half of the time. `isStopped`: wants none, whatever else the machine does. */
const openWorking = async (isStopped: boolean): Promise<Stage> => {
  const small = await startSmallTarget();
  await fetch(`${small.current().address}/work`);
  if (isStopped) process.kill(small.current().pid, 'SIGSTOP');
  return {
    target: small.target,
    ...(isStopped ? { context: { startHelper: startIdle } } : {}),
    [Symbol.asyncDispose]: () => small[Symbol.asyncDispose](),
  };
};

const openMachine = async (isIdle: boolean): Promise<Stage> => ({
  target: partialTarget({}),
  ...(isIdle ? { context: { startHelper: startIdle } } : {}),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

const lacksLinux = (): string | null => (process.platform === 'linux' ? null : 'only Linux says how long threads wait for a CPU');

const lacksMemory = async (): Promise<string | null> => {
  if (process.platform !== 'linux') return 'only Linux says in /proc how much memory is available';
  const available = Number(/^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1]) / 1024;
  return available < 2 * megabytes ? `${Math.floor(available)} MiB are available, twice ${megabytes} are needed` : null;
};

export const pressureCases: readonly FaultCase[] = [
  {
    of: 'cpu-pressure',
    isSlow: true,
    lacks: lacksLinux,
    red: claimsNothing('burners that burn nothing claim no effect', { fault: { ...cpu, seconds: 1 }, open: () => openWorking(true) }),
    green: seenOnAndGoneAfter({ fault: cpu, open: () => openWorking(false) }),
  },
  {
    of: 'memory-pressure',
    isSlow: true,
    lacks: lacksMemory,
    red: claimsNothing('ballast that never came claims no effect', { fault: { ...memory, seconds: 0.3 }, open: () => openMachine(true) }),
    green: seenOnAndGoneAfter({ fault: memory, open: () => openMachine(false) }),
  },
];
