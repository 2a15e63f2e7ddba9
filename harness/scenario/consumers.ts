// Consumers elsewhere: processes of their own that share the lanes of the stream over the target's consumer API, beside the traffic.
import { isAmount, isList, isWhole, type Reporter } from './problem.ts';

/** client: by the target's own client and long poll. stream: written by hand from its documentation, by server-sent events. */
export const consumerDoors = ['client', 'stream'] as const;
export type ConsumerDoor = (typeof consumerDoors)[number];

/** Instances of one consumer, from before the first arrival until all is drained. */
export type Consumers = {
  /** One process each; a fault names them by their places here. */
  readonly instances: readonly ConsumerDoor[];
  readonly leaseMs: number;
  /** How long each event is worked on, one after the other. */
  readonly handleMs: number;
  /** How often the client checkpoints; who is written by hand does so after each batch. */
  readonly checkpointMs: number;
};

const mostInstances = 16;
const bounds = {
  leaseMs: [1000, 60_000],
  checkpointMs: [10, 60_000],
} as const;
const mostHandleMs = 1000;

export const consumersProblems = (consumers: Consumers | undefined, report: Reporter): void => {
  if (consumers === undefined) return;
  const { instances, handleMs } = consumers;
  if (!isList(instances) || instances.length < 1 || instances.length > mostInstances)
    report('consumers.instances', `must be a list of 1 to ${mostInstances}, not ${JSON.stringify(instances)}`);
  else
    instances.forEach((door, index) => {
      if (!consumerDoors.includes(door))
        report(`consumers.instances[${index}]`, `must be one of ${consumerDoors.join(', ')}, not ${JSON.stringify(door)}`);
    });
  for (const [field, [least, most]] of Object.entries(bounds)) {
    const value = consumers[field as keyof typeof bounds];
    if (!isWhole(value, least, most))
      report(`consumers.${field}`, `must be a whole number from ${least} to ${most}, not ${JSON.stringify(value)}`);
  }
  if (!isAmount(handleMs) || handleMs > mostHandleMs)
    report('consumers.handleMs', `must be above 0 and at most ${mostHandleMs}, not ${JSON.stringify(handleMs)}`);
};
