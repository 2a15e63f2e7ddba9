// Forgets identities past the dedupe window by walking over their table, a piece after the other: what is past the window may be in any page, as places that
// were freed are used again, so that an index by time (BRIN) finds all of them, and one by order (B-tree) would be paid for with each event.
import type { SessionPool } from './session-pool.ts';

/** 8 KiB each: a piece is a short transaction, even if all that it holds goes. */
const pieceBlocks = 128;
/** A round takes this share of the table, so that a walk over all of it takes as many rounds. */
const roundsOfWalk = 60;

const countBlocks = `select (pg_relation_size('identities') / current_setting('block_size')::integer)::integer as blocks`;

/** A TID range scan: pages outside of it are not read. */
export const forgetInPiece = `
  delete from identities
  where ctid >= $1::tid and ctid < $2::tid and first_seen < statement_timestamp() - $3::double precision * interval '1 hour'`;

/** One piece at each call; resolves whether the round has more. Begins anywhere, or whoever is elected often would never come to the end. */
export const createIdentitySweep = (sessions: SessionPool, random: () => number = Math.random) => {
  let at: number | null = null;
  let taken = 0;
  return (windowHours: number): Promise<boolean> =>
    sessions.use(async (session) => {
      const { rows } = await session.query<{ blocks: number }>({ text: countBlocks, values: [] });
      const { blocks } = rows[0]!;
      const from: number = at === null ? Math.floor(random() * Math.ceil(blocks / pieceBlocks)) * pieceBlocks : at;
      await session.query({ text: forgetInPiece, values: [`(${from},0)`, `(${from + pieceBlocks},0)`, windowHours] });
      at = from + pieceBlocks < blocks ? from + pieceBlocks : 0;
      taken += 1;
      const isMore = taken < Math.ceil(blocks / pieceBlocks / roundsOfWalk);
      if (!isMore) taken = 0;
      return isMore;
    });
};
