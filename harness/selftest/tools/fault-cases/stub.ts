// `kill` and `pause`, on the stub.
import { systemClock } from '../../../engine/clock.ts';
import type { FaultContext } from '../../../faults/fault.ts';
import { createRunFault, faults } from '../../../faults/registry.ts';
import type { Fault } from '../../../scenario/scenario.ts';
import type { RunningTarget, TargetProcess } from '../../../targets/target.ts';
import { startStub, type Stub } from '../../stub/start-stub.ts';
import { goodStub } from '../../stub/stub-options.ts';
import { type FaultCase, moment } from './fault-case.ts';

const runFault = createRunFault(faults);
const at = { at: moment, role: 'ingest', index: 0 } as const;
const kill: Fault = { kind: 'kill', name: 'kill', ...at, restartAfterSeconds: 2 };
const pause: Fault = { kind: 'pause', name: 'pause', ...at, seconds: 2.2 };

/** A target of one process, which is the stub. */
const targetOf = (first: Stub) => {
  let stub = first;
  const processOf = (): TargetProcess => ({
    role: 'ingest',
    index: 0,
    pid: stub.pid,
    instance: `stub-${stub.pid}`,
    address: stub.url,
    startedAt: 0,
    exited: stub.exited,
    kill: stub.kill,
  });
  const target: RunningTarget = {
    ingestUrl: stub.url,
    queryUrl: stub.url,
    databaseUrl: '',
    processes: () => [processOf()],
    restart: async () => {
      stub = await startStub(goodStub);
      return processOf();
    },
    pending: async () => [],
    readBack: async function* () {},
    query: async () => [{ now: 0 }] as never,
    lockReadModel: () => Promise.reject(new Error('the stub has no database')),
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
  return { target, answers: () => stub.answers() };
};

const context = (target: RunningTarget, note: (text: string) => void = () => {}): FaultContext => ({
  target,
  clock: systemClock,
  signal: new AbortController().signal,
  note,
  seed: 1,
  startHelper: () => Promise.reject(new Error('these faults need no program')),
  promise: () => {},
  promiseHealing: () => {},
});

const bothDirections = (fault: Fault) => async () => {
  const { target, answers } = targetOf(await startStub(goodStub));
  await using _target = target;
  const before = await answers();
  const running = runFault(fault, context(target));
  await systemClock.sleep(250);
  const during = await answers();
  const { tookEffect, healed } = await running;
  const after = await answers();
  const asItMust = before && !during && after && tookEffect && healed;
  return { asItMust, said: `answers before: ${before}, while on: ${during}, after: ${after}; evidence: ${tookEffect}, healed: ${healed}` };
};

/** Whoever lets the process go on as soon as it was stopped, or ends it before it could be killed, takes the fault its effect. */
const withoutEffect = (fault: Fault) => async () => {
  const { target } = targetOf(await startStub(goodStub));
  await using _target = target;
  const [victim] = target.processes();
  if (fault.kind === 'kill') process.kill(victim?.pid ?? 0, 'SIGKILL');
  if (fault.kind === 'kill') await victim?.exited;
  const undo = (): void => {
    if (fault.kind === 'pause') process.kill(victim?.pid ?? 0, 'SIGCONT');
  };
  const short = fault.kind === 'pause' ? { ...fault, seconds: 0.2 } : fault;
  const claimed = await runFault(short, context(target, undo)).then(
    ({ tookEffect }) => String(tookEffect),
    (error: unknown) => `refused: ${String(error)}`,
  );
  // Another failure would prove nothing.
  return { asItMust: claimed === 'false', said: `effect claimed: ${claimed}` };
};

export const stubCases: readonly FaultCase[] = [kill, pause].map((fault) => ({
  of: fault.kind,
  isPatient: true,
  red: { what: 'an injection without effect claims none', show: withoutEffect(fault) },
  green: { what: 'the effect is there while it is on, and gone after', show: bothDirections(fault) },
}));
