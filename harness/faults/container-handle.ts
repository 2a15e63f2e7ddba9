// One container, by the engine that testcontainers finds (DOCKER_HOST, a context, the usual sockets). Loaded only where a fault needs it.
import { leaveNetworks } from './leave-networks.ts';

export type ContainerState = { readonly running: boolean; readonly paused: boolean; readonly networks: readonly string[] };

export type ContainerHandle = {
  state(): Promise<ContainerState>;
  stop(): Promise<void>;
  start(): Promise<void>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** Off all its networks; what it gives puts it back on them, under its old names. Rejects with it on all of them. */
  disconnect(): Promise<() => Promise<void>>;
};

const stopWithinSeconds = 5;

/** Rejects where there is no engine. */
export const openContainer = async (id: string): Promise<ContainerHandle> => {
  const { getContainerRuntimeClient } = await import('testcontainers');
  const client = await getContainerRuntimeClient();
  const container = client.container.getById(id);
  return {
    state: async () => {
      const { State: state, NetworkSettings: settings } = await container.inspect();
      return { running: state.Running, paused: state.Paused, networks: Object.keys(settings.Networks).toSorted() };
    },
    stop: async () => void (await container.stop({ t: stopWithinSeconds })),
    start: async () => void (await container.start()),
    pause: async () => void (await container.pause()),
    unpause: async () => void (await container.unpause()),
    disconnect: async () => {
      const networks = Object.entries((await container.inspect()).NetworkSettings.Networks);
      return leaveNetworks(networks, {
        leave: async ([name]) => void (await client.network.getById(name).disconnect({ Container: id, Force: true })),
        join: async ([name, { Aliases: aliases }]) =>
          void (await client.network.getById(name).connect({ Container: id, EndpointConfig: aliases ? { Aliases: aliases } : {} })),
      });
    },
  };
};
