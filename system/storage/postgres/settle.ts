// One transaction of a lane: lock the checkpoint, compare, write everything that was decided, move the checkpoint, commit.
import type { Client } from 'pg';
import { compareCheckpoint, noBooks, terms, type Books, type FoundCheckpoint, type Tenure } from '../../workers/checkpoint.ts';
import { noteLostAnswer } from '../../workers/lost-answer.ts';
import type { Apply, Settled } from '../../workers/lane-store.ts';
import type { Settlement } from '../../workers/settlement.ts';
import { together, type Session } from './session.ts';
import { writeKeys } from './settle-keys.ts';
import { moveParkedAndEarly } from './settle-moves.ts';
import { toTransaction } from './transaction.ts';

/** The lane's one lock. It is taken first, so that a writer that was fenced finds out before it writes anything. */
export const lockCheckpoint = `
  select position, epoch, parked, pending from checkpoints where processor = $1 and version = $2 and lane = $3 for no key update`;

/** By the row that is locked; a lane that moved has progress, unless it still goes one event at a time. */
const moveCheckpoint = `
  update checkpoints
  set position = coalesce($4::bigint, position), applied = applied + $5::bigint, ignored = ignored + $6::bigint, parked = parked + $7::bigint,
      pending = pending + $8::bigint, discarded = discarded + $9::bigint, skipped = skipped + $10::bigint, shed = shed + $11::bigint,
      takeovers_without_progress = case when $4::bigint is null or $12::boolean then takeovers_without_progress else 0 end,
      attempt_position = case when attempt_position <= $4::bigint then null else attempt_position end,
      attempt_count = case when attempt_position <= $4::bigint then 0 else attempt_count end,
      updated_at = clock_timestamp()
  where processor = $1 and version = $2 and lane = $3`;

type LockedRow = { position: number; epoch: number; parked: number; pending: number };

/** Writes what was decided, and returns the books' change as the rows say it. */
export type LaneWrites = (client: Client, found: LockedRow) => Promise<Books>;

export type LaneMove = { readonly expectedPosition: number | null; readonly toPosition: number | null; readonly staysCareful: boolean };

/** What is written and where the checkpoint goes, found out in the open transaction. */
export type LaneEnd = Omit<LaneMove, 'expectedPosition'> & { readonly books: Books };

export const settleLane = async (session: Session, tenure: Tenure, move: LaneMove, write: LaneWrites): Promise<Settled> => {
  const settled = await settleOpen(session, tenure, move.expectedPosition, async (client, locked) => ({
    ...move,
    books: await write(client, locked),
  }));
  return settled!;
};

/** `work` runs only where the checkpoint is as expected. It returns null where there is nothing to write: all is rolled back, and null is returned. */
export const settleOpen = async (
  session: Session,
  tenure: Tenure,
  expectedPosition: number | null,
  work: (client: Client, found: LockedRow) => Promise<LaneEnd | null>,
): Promise<Settled | null> => {
  const client = await session.client();
  try {
    const locked = await lock(client, tenure);
    const outcome = compareCheckpoint(locked, { position: expectedPosition, epoch: tenure.epoch });
    if (outcome !== 'advanced') {
      await client.query('rollback');
      return { outcome, found: found(locked), books: noBooks, holdings: { parked: locked.parked, pending: locked.pending } };
    }
    const end = await work(client, locked);
    if (end === null) {
      await client.query('rollback');
      return null;
    }
    await commit(client, tenure, end, end.books).catch(noteLostAnswer);
    return {
      outcome,
      found: found(locked),
      books: end.books,
      holdings: { parked: locked.parked + end.books.parked, pending: locked.pending + end.books.pending },
    };
  } catch (error) {
    await client.query('rollback').catch(() => client.end().catch(() => {}));
    throw error;
  }
};

const found = ({ position, epoch }: LockedRow): FoundCheckpoint => ({ position, epoch });

const lock = async (client: Client, { processor, version, lane }: Tenure): Promise<LockedRow> => {
  const [, { rows }] = await together(client, () =>
    Promise.all([
      client.query('begin'),
      client.query<LockedRow>({ name: 'lane_lock', text: lockCheckpoint, values: [processor, version, lane] }),
    ]),
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`There is no checkpoint of ${processor}/${version} on lane ${lane}: the migrations seed one.`);
  return row;
};

/** Sent together: where the update fails, the commit of a failed transaction is a rollback. */
const commit = async (
  client: Client,
  { processor, version, lane }: Tenure,
  move: Omit<LaneMove, 'expectedPosition'>,
  books: Books,
): Promise<void> => {
  const values = [processor, version, lane, move.toPosition, ...terms.map((term) => books[term]), move.staysCareful];
  await together(client, () => Promise.all([client.query({ name: 'lane_move', text: moveCheckpoint, values }), client.query('commit')]));
};

/** Everything that a settlement says, in the order that keeps each statement's rows in place: copies before the rows that they copy go. */
export const writeSettlement =
  <Effect>(tenure: Tenure, worker: string, settlement: Settlement<Effect>, apply: Apply<Effect>) =>
  async (client: Client): Promise<{ readonly books: Books; readonly doneParked: number }> => {
    const applied = settlement.applied.length === 0 ? 0 : await apply(settlement.applied, toTransaction(client));
    const moved = await moveParkedAndEarly(client, { tenure, worker, settlement });
    await writeKeys(client, tenure, worker, settlement);
    const { ignored, discarded, skipped, shed } = settlement;
    const books = { applied, ignored, parked: moved.parked, pending: moved.pending, discarded, skipped, shed };
    return { books, doneParked: moved.doneParked };
  };
