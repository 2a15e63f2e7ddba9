// What a process that consumes elsewhere is told by its last argument, as JSON.
import type { ConsumerDoor, Consumers } from '../scenario/consumers.ts';

export type ConsumerJob = Pick<Consumers, 'leaseMs' | 'handleMs' | 'checkpointMs'> & {
  /** Base URL of the consumer API. */
  readonly url: string;
  readonly consumer: string;
  readonly instance: string;
  readonly index: number;
  readonly door: ConsumerDoor;
  /** Where its record goes. */
  readonly file: string;
};

/** Throws where the last argument is none: the program is not for people. */
export const readConsumerJob = (parameters: readonly string[]): ConsumerJob => JSON.parse(parameters.at(-1) ?? '') as ConsumerJob;

/** The line that the harness waits for. */
export const sayReady = ({ instance }: ConsumerJob, pid: number): void =>
  void process.stdout.write(`${JSON.stringify({ event_name: 'faultline.consumer.ready', attributes: { pid, instance } })}\n`);
