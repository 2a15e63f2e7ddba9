// Each effect on a container, on a real engine where there is one.
import { hasEngine, type NodeContainer, startNodeContainer } from '../../../faults/testing/node-container.ts';
import { partialTarget } from '../../../faults/testing/fault-world.ts';
import type { ContainerFault } from '../../../scenario/faults/container-fault.ts';
import { claimsNothing, type FaultCase, moment, seenOnAndGoneAfter, type Stage } from './fault-case.ts';

type Effect = { readonly effect: ContainerFault['effect']; readonly already: (container: NodeContainer) => void; readonly undo: string };

/** `already`: what somebody else did before, so that nothing is left for us to do. */
const effects: readonly Effect[] = [
  { effect: 'stop', already: ({ docker, id }) => docker('stop', '--time', '1', id), undo: 'start' },
  { effect: 'pause', already: ({ docker, id }) => docker('pause', id), undo: 'unpause' },
  { effect: 'disconnect', already: ({ docker, id }) => docker('network', 'disconnect', '--force', 'bridge', id), undo: '' },
];

export type SharedContainer = AsyncDisposable & { get(): Promise<NodeContainer> };

/** One for all three, started when it is first asked for. */
export const createSharedContainer = (): SharedContainer => {
  let started: Promise<NodeContainer> | null = null;
  return {
    get: () => {
      // The reaper of testcontainers is an image that a registry would have to give; what is started here is ended here.
      process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
      return (started ??= startNodeContainer());
    },
    [Symbol.asyncDispose]: async () => {
      const container = await started?.catch(() => null);
      await container?.[Symbol.asyncDispose]();
    },
  };
};

const faultOf = (effect: ContainerFault['effect']): ContainerFault => ({
  kind: 'container',
  name: effect,
  at: moment,
  container: 'server',
  effect,
  seconds: 1,
});

const targetOf = ({ id }: NodeContainer) => partialTarget({ containers: () => [{ name: 'server', id }] });

const openStage = async (shared: SharedContainer): Promise<Stage> => {
  const container = await shared.get();
  return {
    target: targetOf(container),
    isFelt: async () => !(await container.answers()),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
};

const openAlready = async ({ effect, already, undo }: Effect, shared: SharedContainer): Promise<Stage> => {
  const container = await shared.get();
  already(container);
  return {
    target: targetOf(container),
    [Symbol.asyncDispose]: async () => {
      if (effect === 'disconnect') container.docker('network', 'connect', 'bridge', container.id);
      // A fault that heals what it found would have done so already.
      else container.docker('container', undo, container.id);
    },
  };
};

export const containerCases = (shared: SharedContainer): readonly FaultCase[] =>
  effects.map((effect) => ({
    of: `container ${effect.effect}`,
    isSlow: true,
    lacks: () => (hasEngine() ? null : 'there is no container engine on this machine'),
    red: claimsNothing('a container that was so already claims no effect', {
      fault: { ...faultOf(effect.effect), seconds: 0.5 },
      open: () => openAlready(effect, shared),
      refusal: /already/,
    }),
    green: seenOnAndGoneAfter({ fault: faultOf(effect.effect), open: () => openStage(shared) }),
  }));
