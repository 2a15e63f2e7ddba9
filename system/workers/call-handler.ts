// One call of user code: watched from outside, and whatever it does becomes a value.
import type { LogEvent } from '../stream/stream.ts';
import type { Handled } from './deliver.ts';
import { describeFailure, EventFailure, type Failure } from './failure.ts';
import type { OrderedProcessor } from './processor.ts';
import type { Progress } from './progress.ts';

export type CallHandler<Effect> = (event: LogEvent) => Handled<Effect> | Promise<Handled<Effect>>;

/** `known`: failures found out elsewhere (a thread that was ended, a value that the database refused): user code is not called again for them. */
export const createCallHandler = <Effect>(
  processor: Pick<OrderedProcessor<Effect>, 'handle'>,
  progress: Progress,
  known: ReadonlyMap<number, Failure>,
): CallHandler<Effect> => {
  const finish = async (pending: PromiseLike<Effect | null>): Promise<Handled<Effect>> => {
    try {
      return { effect: await pending };
    } catch (error) {
      if (error instanceof Interrupted) throw error.cause;
      if (error instanceof Refused) return { failure: describeFailure('data_refused', error.cause) };
      return failed(error);
    } finally {
      progress.leave();
    }
  };
  return (event) => {
    const failure = known.get(event.position);
    if (failure !== undefined) return { failure };
    progress.enter(event.position);
    try {
      const made = processor.handle(event);
      if (made instanceof Promise) return finish(made);
      progress.leave();
      return { effect: made };
    } catch (error) {
      progress.leave();
      return failed(error);
    }
  };
};

const failed = (error: unknown): { readonly failure: Failure } =>
  error instanceof EventFailure ? { failure: error.failure } : { failure: describeFailure('handler_threw', error) };

/** Raised by a handler for what is not the event's fault: `cause` is storage's, and the whole task is tried again. */
export class Interrupted extends Error {}
/** Raised by a handler where the database refused its value: `cause` says which. */
export class Refused extends Error {}

/** Raised where a lane's epoch moved on before user code ran. */
export class Fenced extends Error {
  readonly found: { readonly position: number; readonly epoch: number };

  constructor(found: { readonly position: number; readonly epoch: number }) {
    super(`fenced by epoch ${found.epoch}`);
    this.name = 'Fenced';
    this.found = found;
  }
}
