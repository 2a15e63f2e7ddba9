// A release of a processor that can't cope with some events, on one worker: started anew with it, and rolled back by a new start without it. Evidence
// are the events that this very worker failed on as only this release does, in the target's own table of parked events.
import { explain, HarnessError } from '../engine/errors.ts';
import type { TargetProcess } from '../targets/target.ts';
import type { FaultRunner } from './fault.ts';
import { findProcess } from './find-process.ts';
import { createObservations } from './observations.ts';
import { strike } from './strike.ts';
import { type Look, runTimed } from './timed-fault.ts';

const failedSql = `select count(*)::float8 as "amount", min(reason_message) as "reason" from parked_events
  where worker = $1 and processor = $2 and reason_code = $3 and strpos(reason_message, $4) > 0`;
/** A worker that was rolled back must go on for so long without a failure. */
const cleanForMs = 1000;

export const badRelease: FaultRunner<'bad-release'> = async (fault, context) => {
  const { target, clock } = context;
  const observations = createObservations(clock, context.note);
  const release = target.badRelease;
  if (release === undefined) throw new HarnessError('FL_SCENARIO_INVALID', 'the target knows no bad release of its workers');
  let current = findProcess(target, 'worker', fault.index);
  // One that ends by itself is no work of this fault's: then nothing that its successor does is proof of anything.
  let wasThere = true;
  const roll = async (environment: Readonly<Record<string, string>>): Promise<void> => {
    wasThere = (await strike(current, context, observations)) !== 'had-ended';
    current = await target.restart('worker', fault.index, environment);
    observations.add('process', `worker ${fault.index} runs again as pid ${current.pid}`, restarted(current));
  };
  const look = async (event: string, holds: (failures: number) => boolean): Promise<Look> => {
    const { processor, reason: code, message } = release.failsWith;
    const [row] = await target.query<{ amount: number; reason: string | null }>(failedSql, [current.instance, processor, code, message]);
    if (row === undefined) throw new HarnessError('FL_DATABASE_FAILED', 'the count of parked events came back without a row');
    const { amount, reason } = row;
    const observed = `${current.instance} failed on ${amount} events that are parked as the release does${reason === null ? '' : `, such as: ${reason}`}`;
    return { is: wasThere && holds(amount), source: 'parked_events', observed, data: { event, worker: current.instance, amount } };
  };
  return runTimed(fault, context, observations, {
    inject: async () => {
      const back = { [Symbol.asyncDispose]: () => roll({}) };
      await roll(release.environment).catch(async (error: unknown) => {
        await target
          .restart('worker', fault.index)
          .catch((again: unknown) => observations.add('process', `it did not start with the good release either: ${explain(again)}`));
        throw error;
      });
      return back;
    },
    look: () => look('failing', (failures) => failures > 0),
    lookAfter: async () => {
      await clock.sleep(cleanForMs, context.signal);
      return look('healed', (failures) => failures === 0);
    },
  });
};

const restarted = ({ pid, instance }: TargetProcess) => ({ event: 'restarted', pid, instance });
