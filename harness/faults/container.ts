// A container of the target is stopped, paused or taken off its networks, by the engine that runs it. Evidence is what the engine says of it.
import { HarnessError } from '../engine/errors.ts';
import type { ContainerFault } from '../scenario/faults/container-fault.ts';
import type { RunningTarget } from '../targets/target.ts';
import { type ContainerHandle, openContainer } from './container-handle.ts';
import type { FaultRunner } from './fault.ts';
import { createObservations } from './observations.ts';
import { type Look, runTimed } from './timed-fault.ts';

type Act = {
  /** What it gives takes it back. */
  readonly strike: (container: ContainerHandle) => Promise<() => Promise<void>>;
  /** What does the same by the engine's own command. */
  readonly healing: (id: string, networks: readonly string[]) => readonly (readonly string[])[];
  readonly isHit: (state: Awaited<ReturnType<ContainerHandle['state']>>) => boolean;
};

const acts: { readonly [Effect in ContainerFault['effect']]: Act } = {
  stop: {
    strike: async (container) => {
      await container.stop();
      return container.start;
    },
    healing: (id) => [['docker', 'start', id]],
    isHit: ({ running }) => !running,
  },
  pause: {
    strike: async (container) => {
      await container.pause();
      return container.unpause;
    },
    healing: (id) => [['docker', 'unpause', id]],
    isHit: ({ paused }) => paused,
  },
  disconnect: {
    strike: (container) => container.disconnect(),
    healing: (id, networks) => networks.map((network) => ['docker', 'network', 'connect', network, id]),
    isHit: ({ networks }) => networks.length === 0,
  },
};

export const containerEffects: readonly string[] = Object.keys(acts);

export const container: FaultRunner<'container'> = async (fault, context) => {
  const observations = createObservations(context.clock, context.note);
  const id = findContainer(context.target, fault.container);
  const handle = await openContainer(id);
  const act = acts[fault.effect];
  const before = await handle.state();
  const look = async (event: string, wanted: boolean): Promise<Look> => {
    const state = await handle.state();
    const observed = `the engine says of ${fault.container}: ${describe(state)}`;
    const isAsBefore = state.running === before.running && state.networks.length === before.networks.length;
    // One that was so already shows nothing of ours.
    const isNew = act.isHit(state) && !act.isHit(before);
    return { is: wanted ? isNew : !act.isHit(state) && isAsBefore, source: 'container engine', observed, data: { event, state } };
  };
  act.healing(id, before.networks).forEach(context.promiseHealing);
  return runTimed(fault, context, observations, {
    inject: async () => ({ [Symbol.asyncDispose]: await act.strike(handle) }),
    look: () => look('hit', true),
    lookAfter: () => look('healed', false),
  });
};

const describe = ({ running, paused, networks }: Awaited<ReturnType<ContainerHandle['state']>>): string =>
  `${running ? 'it runs' : 'it does not run'}${paused ? ', paused' : ''}, on ${networks.join(' and ') || 'no network'}`;

const findContainer = (target: RunningTarget, name: string): string => {
  const containers = target.containers?.() ?? [];
  const found = containers.find((each) => each.name === name);
  if (found !== undefined) return found.id;
  const there = containers.map((each) => each.name).join(', ');
  throw new HarnessError(
    'FL_SCENARIO_INVALID',
    `a fault is aimed at container ${name}, but the target ${there === '' ? 'runs in none' : `has only: ${there}`}`,
  );
};
