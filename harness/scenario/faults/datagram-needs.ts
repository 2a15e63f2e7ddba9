// Whether a target must be started with its door for datagrams, and with a proxy before it.
import type { Scenario } from '../scenario.ts';

export type DatagramNeeds = 'none' | 'door' | 'door-behind-proxy';

export const datagramNeeds = ({ traffic, faults }: Pick<Scenario, 'traffic' | 'faults'>): DatagramNeeds => {
  if (faults.some(({ kind }) => kind === 'datagrams')) return 'door-behind-proxy';
  return traffic.transport === 'udp' ? 'door' : 'none';
};
