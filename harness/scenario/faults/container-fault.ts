// Faults of a container that the target runs in, as a scenario says them.
import type { FaultMoment } from '../fault-moment.ts';

export type ContainerFault = {
  readonly kind: 'container';
  readonly name: string;
  readonly at: FaultMoment;
  /** As the target calls it. */
  readonly container: string;
  /** `stop`: ended and started again. `pause`: all its processes stand still. `disconnect`: taken off its networks. */
  readonly effect: 'stop' | 'pause' | 'disconnect';
  readonly seconds: number;
};
