// What a target must be started with so that the faults of a scenario can strike it.
import type { Fault } from '../scenario.ts';
import type { NetworkLink } from './network-fault.ts';

export type TargetNeeds = { readonly links: readonly NetworkLink[]; readonly smallDisk: boolean };

export const targetNeeds = (faults: readonly Fault[]): TargetNeeds => ({
  links: [...new Set(faults.flatMap((fault) => (fault.kind === 'network' ? [fault.link] : [])))],
  smallDisk: faults.some((fault) => fault.kind === 'database' && fault.effect === 'disk-full'),
});
