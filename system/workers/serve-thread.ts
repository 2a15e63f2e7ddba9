// The inside of a handler thread: takes one task at a time and answers with a report. It ends when its worker ends it.
import type { MessagePort } from 'node:worker_threads';
import { messageOf } from '../contract/message-of.ts';
import type { LaneId } from './checkpoint.ts';
import { classifyError, errorTypeOf, isConnectionLoss } from './error-class.ts';
import type { OrderedProcessor } from './processor.ts';
import { heard } from './report.ts';
import { runBatch, runDrain } from './run-batch.ts';
import { runRetry, runSkipGap } from './run-parked.ts';
import { runRehearsal } from './run-rehearsal.ts';
import { createSurvivedAttempts } from './survived-attempts.ts';
import type { ThreadContext } from './thread-context.ts';
import type { FromThread, Report, Task, TaskError, ToThread } from './thread-protocol.ts';

/** Everything but what belongs to the port, to the thread and to the task. */
export type ThreadParts<Effect> = Omit<ThreadContext<Effect>, 'mayWrite' | 'survived' | 'processor' | 'unheard'> & {
  /** The processor in the version that a task is of. Rejects where its code can't be had. */
  readonly processorOf: (lane: LaneId) => Promise<OrderedProcessor<Effect>>;
};

export const serveThread = <Effect>(port: MessagePort, parts: ThreadParts<Effect>): void => {
  let granted: PromiseWithResolvers<readonly string[]> | null = null;
  const send = (message: FromThread) => port.postMessage(message);
  const context: TaskContext<Effect> = {
    ...parts,
    survived: createSurvivedAttempts(),
    mayWrite: async () => {
      if (granted !== null) return granted.promise.then(() => []);
      granted = Promise.withResolvers<readonly string[]>();
      send({ type: 'may-write' });
      return granted.promise;
    },
  };
  port.on('message', (message: ToThread) => {
    if (message.type === 'go') return granted?.resolve(message.changed);
    granted = null;
    void runTask(message.task, context).then(send);
  });
  send({ type: 'ready' });
};

type TaskContext<Effect> = Omit<ThreadContext<Effect>, 'processor' | 'unheard'> & Pick<ThreadParts<Effect>, 'processorOf'>;

const runTask = async <Effect>(task: Task, parts: TaskContext<Effect>): Promise<FromThread> => {
  let last: Report | null = null;
  const unheard = (report: Report) => void (last = report);
  const takenOff = new Set<number>();
  try {
    const context = { ...parts, unheard, processor: await parts.processorOf(task.tenure) };
    const report = await onceMore(() => attemptOf(knowing(task, takenOff), context, takenOff), task.kind !== 'skip-gap');
    return { type: 'report', report: heard(report, last), takenOff: [...takenOff] };
  } catch (error) {
    return { type: 'error', error: toTaskError(error), unheard: last, takenOff: [...takenOff] };
  }
};

/**
 * A lost connection is tried again at once, one time, with the same position and epoch: whether this worker may still write is for the
 * database to say, and a worker that was paused past its lease is told so here.
 */
const onceMore = async (work: () => Promise<Report>, isRepeatable: boolean): Promise<Report> => {
  try {
    return await work();
  } catch (error) {
    // A gap that was given up though the answer was lost must not lead to the next one being given up: the overdue keys are asked for anew.
    if (!isConnectionLoss(error) || !isRepeatable) throw error;
    return work();
  }
};

/** What was taken off is not there to be taken off again. */
const knowing = <Any extends Task>(task: Any, takenOff: ReadonlySet<number>): Any => ({
  ...task,
  known: task.known.map((one) => (takenOff.has(one.position) ? { ...one, isTakenOff: true } : one)),
});

/** This thread lives on whatever the task's end: what it counted before trouble with storage was no death. */
const attemptOf = async <Effect>(task: Task, context: ThreadContext<Effect>, takenOff: Set<number>): Promise<Report> => {
  try {
    const report = await run(task, context);
    context.survived.settled();
    return report;
  } catch (error) {
    await context.survived.interrupted();
    throw error;
  } finally {
    for (const position of context.survived.takenOff()) takenOff.add(position);
  }
};

const run = <Effect>(task: Task, context: ThreadContext<Effect>): Promise<Report> => {
  switch (task.kind) {
    case 'batch':
      return runBatch(task, context);
    case 'drain':
      return runDrain(task, context);
    case 'retry':
      return runRetry(task, context);
    case 'skip-gap':
      return runSkipGap(task, context);
    case 'rehearse':
      return runRehearsal(task, context);
  }
};

const toTaskError = (error: unknown): TaskError => ({
  // A data error that reaches this point is no event's: it was not found in any of them.
  errorClass: classifyError(error) === 'infrastructure' ? 'infrastructure' : 'defect',
  errorType: errorTypeOf(error),
  message: messageOf(error),
});
