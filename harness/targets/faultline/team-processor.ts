// A processor as a team would write it, for scenarios: an entry for each event, with nothing in the table that would keep it from being there twice. It writes
// first and fails after, where an event asks for it (`{"poison": "throw" | "hang" | "hang-sync"}` in its metadata): what it wrote has to be gone.
import { defineProcessor } from 'faultline/processor';

export default defineProcessor({
  name: 'team-ledger',
  version: 1,
  tables: {
    entries:
      'entry bigserial primary key, event_id bigint not null, object_id text not null, token text not null, made_at timestamptz not null default clock_timestamp()',
  },
  handle: async ({ id, objectId, metadata }, { query, tables, token }) => {
    await query(`insert into ${tables.entries} (event_id, object_id, token) values ($1, $2, $3)`, [id, objectId, token]);
    switch ((metadata as { readonly poison?: unknown }).poison) {
      case 'throw':
        throw new TypeError(`the team can make nothing of event ${id}`);
      case 'hang':
        return new Promise<never>(() => {});
      case 'hang-sync':
        return loopForever();
      default:
        return undefined;
    }
  },
});

/** Never gives the thread back: only ending the thread ends it. */
const loopForever = (): never => {
  for (;;) Math.random();
};
