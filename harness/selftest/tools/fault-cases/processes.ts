// Faults of one process, on a small server that is started, killed and started again for real.
import { execFileSync } from 'node:child_process';
import { createHttpProbe } from '../../../faults/link/http-probe.ts';
import { askFresh } from '../../../faults/link/probe.ts';
import { type SmallTarget, type SmallTargetOptions, startSmall, startSmallTarget } from '../../../faults/testing/small-target.ts';
import type { Fault } from '../../../scenario/scenario.ts';
import { claimsNothing, type FaultCase, moment, seenOnAndGoneAfter, type Stage } from './fault-case.ts';

const patienceMs = 1000;
const victim = { at: moment, role: 'worker', index: 0 } as const;
const offsetMs = 3_600_000;

/** `options`: of the target. */
const open =
  (isFelt: (target: SmallTarget) => Promise<boolean>, options: SmallTargetOptions = {}) =>
  async (): Promise<Stage> => {
    const small = await startSmallTarget(options);
    return { target: small.target, isFelt: () => isFelt(small), [Symbol.asyncDispose]: () => small[Symbol.asyncDispose]() };
  };

/** Who is gone, or does not listen yet, refuses at once. */
const isAway = async (small: SmallTarget, withinMs = 3000): Promise<boolean> =>
  !(await askFresh(createHttpProbe(small.current().address), withinMs)).ok;
const isDumb = (small: SmallTarget): Promise<boolean> => isAway(small, patienceMs);

const isSkewed = async (small: SmallTarget): Promise<boolean> => {
  const clocks = await fetch(`${small.current().address}/clocks`).then(
    async (answer) => (await answer.json()) as { readonly now: number },
    () => null,
  );
  return clocks !== null && Math.abs(clocks.now - Date.now()) > offsetMs / 2;
};

/** Whoever is struck is another than the one whose end is waited for. */
const openBystander = async (): Promise<Stage> => {
  const [small, bystander] = await Promise.all([startSmallTarget(), startSmall('server')]);
  const decoy = { ...bystander.process, exited: small.current().exited };
  return {
    target: { ...small.target, processes: () => [decoy] },
    [Symbol.asyncDispose]: async () => void (await Promise.all([small, bystander].map((each) => each[Symbol.asyncDispose]()))),
  };
};

const lacksPrlimit = (): string | null => {
  if (process.platform !== 'linux') return 'limits of another process can be set on Linux alone';
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore', timeout: 5000 });
    return null;
  } catch {
    return 'there is no prlimit on this machine';
  }
};

const crashLoop: Fault = { kind: 'crash-loop', name: 'crash-loop', ...victim, times: 3, everySeconds: 0.1 };
const restart: Fault = { kind: 'restart', name: 'restart', ...victim };
const slowStart: Fault = { kind: 'slow-start', name: 'slow-start', ...victim, seconds: 1.5 };
const clock: Fault = { kind: 'clock', name: 'clock', ...victim, seconds: 3, offsetMs };
const descriptors: Fault = { kind: 'descriptors', name: 'descriptors', ...victim, seconds: 1 };

export const processCases: readonly FaultCase[] = [
  {
    of: 'crash-loop',
    isPatient: true,
    red: claimsNothing('a kill that strikes a bystander claims no effect', { fault: crashLoop, open: openBystander }),
    green: seenOnAndGoneAfter({ fault: crashLoop, open: open(isAway) }),
  },
  {
    of: 'restart',
    isPatient: true,
    red: claimsNothing('a signal that a bystander gets claims no effect', {
      fault: { ...restart, withinSeconds: 0.3 },
      open: openBystander,
    }),
    green: seenOnAndGoneAfter({ fault: restart, open: open(isAway) }),
  },
  {
    of: 'slow-start',
    isPatient: true,
    red: claimsNothing('a process that starts as it likes claims no effect', {
      fault: { ...slowStart, seconds: 10 },
      open: open(isAway, { deaf: true }),
    }),
    green: seenOnAndGoneAfter({ fault: slowStart, open: open(isAway) }),
  },
  {
    of: 'clock',
    isPatient: true,
    red: claimsNothing('a process that keeps its own time claims no effect', {
      fault: { ...clock, seconds: 0.2 },
      open: open(isSkewed, { deaf: true }),
    }),
    green: seenOnAndGoneAfter({ fault: clock, open: open(isSkewed) }),
  },
  {
    of: 'descriptors',
    isPatient: true,
    lacks: lacksPrlimit,
    red: claimsNothing('a limit that leaves room claims no effect', {
      fault: { ...descriptors, seconds: 0.3, spare: 50 },
      open: open(isDumb),
    }),
    green: seenOnAndGoneAfter({ fault: descriptors, open: open(isDumb) }),
  },
];
