// Plays the traffic and the faults of a scenario on a running target, then waits until everything has drained.
import type { Narrator } from '../narration/narrator.ts';
import type { RunningConsumers } from '../consumers/start-consumers.ts';
import type { Reader } from '../reader/run-reader.ts';
import { describeFault } from '../scenario/faults/describe-fault.ts';
import type { RunningTarget } from '../targets/target.ts';
import { createRandom } from '../traffic/random.ts';
import { waitForDrain } from './drain.ts';
import type { FaultHelpers } from './fault-helpers.ts';
import { dueFaults, runFaultSchedule } from './fault-schedule.ts';
import type { RunningDriver } from './parts.ts';
import type { FaultEvidence, RunTimeline } from './run-data.ts';
import type { FaultContext } from '../faults/fault.ts';
import type { ImportedLine } from '../history/imported-line.ts';
import type { RunFault } from '../faults/registry.ts';
import type { ScenarioContext } from './scenario-context.ts';
import type { TrafficWatch } from './watch-traffic.ts';

/** Time for the driver to hear of the zero before it comes. */
const leadMs = 250;

export type Played = {
  readonly timeline: RunTimeline;
  readonly evidence: readonly FaultEvidence[];
  /** What clients of faults were told is there. */
  readonly imported: readonly ImportedLine[];
  /** Why the driver ended early; null when it did its work. */
  readonly driverFailure: unknown;
};

export type Stage = {
  readonly target: RunningTarget;
  readonly driver: RunningDriver;
  readonly watch: TrafficWatch;
  readonly narrator: Narrator;
  readonly reader: Reader | null;
  readonly consumers: RunningConsumers | null;
  readonly helpers: FaultHelpers;
};

export const play = async (context: ScenarioContext, stage: Stage): Promise<Played> => {
  const { target, driver, watch, narrator, reader } = stage;
  const { clock, scenario, signal, onProgress } = context;
  const zeroAt = clock.now() + leadMs;
  driver.go(zeroAt);
  reader?.go(zeroAt);
  watch.begin(zeroAt);
  narrator.begin(zeroAt);
  const imported: ImportedLine[] = [];
  // One by one: there may be more of them than a call takes arguments.
  const promise: FaultContext['promise'] = (lines) => {
    for (const line of lines) imported.push(line);
  };
  const over = new AbortController();
  const following = watch.follow(AbortSignal.any([signal, over.signal]));
  const [evidence, driverFailure] = await Promise.all([faultsOf(context, { ...stage, zeroAt, promise }), awaitDriver(context, driver)]);
  over.abort();
  await following;
  if (!signal.aborted) onProgress({ kind: 'step', scenario: scenario.name, text: 'drain' });
  const drained = await waitForDrain(target, { clock, signal, withinMs: drainBoundMs(context) });
  const timeline = { zeroAt, phases: phasesAt(context, zeroAt, clock.now()), ...drained };
  return { timeline, evidence, imported, driverFailure };
};

/** A quarter more than the scenario allows: what drains late is seen to be late, and by how much. */
const drainBoundMs = ({ scenario }: ScenarioContext): number => scenario.drainWithinSeconds * 1250;

type FaultStage = Pick<Stage, 'target' | 'narrator' | 'helpers' | 'consumers'> & { readonly zeroAt: number } & Pick<
    FaultContext,
    'promise'
  >;

const faultsOf = (
  { scenario, seed, clock, signal, parts, onProgress }: ScenarioContext,
  { target, narrator, helpers, consumers, zeroAt, promise }: FaultStage,
) =>
  runFaultSchedule({
    due: dueFaults(scenario.faults, scenario.phases),
    zeroAt,
    clock,
    signal,
    run: narrated(parts.runFault, narrator),
    contextOf: (fault) => ({
      target,
      ...(consumers === null ? {} : { consumers }),
      seed: createRandom(seed, `fault/${fault.name}`).int(0, 0x7fffffff),
      promise,
      startHelper: helpers.start,
      promiseHealing: helpers.promiseHealing,
      note: (text) => {
        onProgress({ kind: 'fault', scenario: scenario.name, fault: fault.name, text });
        narrator.faultNoted(fault.name, text);
      },
    }),
  });

const narrated =
  (runFault: RunFault, narrator: Narrator): RunFault =>
  async (fault, context) => {
    narrator.faultBegins(fault.name, describeFault(fault));
    let healedAt: number | null = null;
    try {
      const evidence = await runFault(fault, context);
      healedAt = evidence.healedAt;
      return evidence;
    } finally {
      narrator.faultEnds(fault.name, healedAt);
    }
  };

const awaitDriver = async ({ signal }: ScenarioContext, driver: RunningDriver): Promise<unknown> => {
  const aborted = Promise.withResolvers<null>();
  const abort = () => aborted.resolve(null);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await Promise.race([driver.done, aborted.promise]);
    return null;
  } catch (error) {
    return error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

/** Phases are planned, open-loop: they fall where the plan put them. Drain is what came after the last. */
const phasesAt = ({ scenario }: ScenarioContext, zeroAt: number, endedAt: number): RunTimeline['phases'] => {
  let from = zeroAt;
  const phases = scenario.phases.map(({ name, kind, seconds }) => {
    const phase = { name, kind, from, to: from + seconds * 1000 };
    from = phase.to;
    return phase;
  });
  return [...phases, { name: 'drain', kind: 'drain', from, to: Math.max(from, endedAt) }];
};
