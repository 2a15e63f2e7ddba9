// Tries one dead letter of an unordered processor, with a fix or without, in a transaction that is rolled back whatever comes of it.
import type { Client } from 'pg';
import type { RehearsedEvent } from '../../contract/recovery.ts';
import { applyFix, type Fixed } from '../../recovery/apply-fix.ts';
import { rehearsedFix } from '../../recovery/rehearsed-fix.ts';
import { classifyError } from '../../workers/error-class.ts';
import { describeFailure } from '../../workers/failure.ts';
import type { UnorderedProcessor } from '../../workers/processor.ts';
import type { RecoveryCommand, Rehearsal } from '../../workers/recovery-store.ts';
import { placeOf } from './dead-letter.ts';
import { fixOne } from './fix-parked.ts';
import { inTransaction, type Session } from './session.ts';
import { toTransaction } from './transaction.ts';

const selectEvent = `
  select e.id, coalesce(r.fixed_body, e.body) as body
  from parked_events e left join event_recoveries r using (processor, version, lane, position)
  where e.processor = $1 and e.version = $2 and e.lane = $3 and e.position = $4`;

type Tried = { readonly id: number; readonly fixed: Fixed | null };

export const rehearseOne = async (session: Session, command: RecoveryCommand, processor: UnorderedProcessor): Promise<Rehearsal> => {
  const done = new Error('rolled back on purpose');
  let tried: Tried | null = null;
  try {
    await inTransaction(session, async (client) => {
      tried = await prepare(client, command);
      if (tried !== null) await processor.applyParked(command.lane, command.position, toTransaction(client));
      throw done;
    });
  } catch (error) {
    if (error !== done && classifyError(error) !== 'data') throw error;
    return { events: tried === null ? [] : [describe(command, tried, error === done ? null : error)], more: false };
  }
  throw new Error('a rehearsal was not rolled back');
};

/** null: it left the park. */
const prepare = async (client: Client, command: RecoveryCommand): Promise<Tried | null> => {
  const { rows } = await client.query<{ id: number; body: string }>(selectEvent, placeOf(command));
  const [event] = rows;
  if (event === undefined) return null;
  const fixed = command.fix === null ? null : applyFix(event.body, command.fix);
  if (fixed?.outcome === 'changed') await fixOne(client, command, fixed.body);
  return { id: event.id, fixed };
};

const describe = ({ position }: RecoveryCommand, { id, fixed }: Tried, error: unknown): RehearsedEvent => {
  const { code, message } = describeFailure('data_refused', error);
  return {
    position,
    id,
    would: error === null ? 'be_applied' : 'fail',
    ...(error !== null && { reason: { code, message } }),
    ...rehearsedFix(fixed),
  };
};
