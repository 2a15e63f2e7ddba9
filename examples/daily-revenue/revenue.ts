// Revenue per day, from the events of a shop: an amount is added once, however often its event is delivered. Where RECEIPTS_URL is set, a receipt is asked for too.
import { defineProcessor } from 'faultline/processor';

type Payment = { readonly cents?: unknown; readonly currency?: unknown };

const receipts = process.env['RECEIPTS_URL'];

export default defineProcessor({
  name: 'daily-revenue',
  version: 1,
  reads: { systems: ['shop'], events: ['paid', 'refunded'] },
  tables: {
    days: 'day date, currency text, cents bigint not null, events integer not null, primary key (day, currency)',
    orders: 'order_id text primary key, cents bigint not null',
  },
  // An order's own row goes with it; a day's total holds nobody's name.
  erase: { orders: "$2 = 'shop' and order_id = $3", days: null },
  setUp: ({ tables }) => [`create index on ${tables.orders} (cents)`],
  onError: { attempts: 5, retryMs: 500, action: 'park' },
  deadlineMs: 1000,

  handle: async (event, { query, tables, token, isRehearsal }) => {
    const { cents, currency } = event.metadata as Payment;
    if (!Number.isSafeInteger(cents)) throw new TypeError(`cents is ${JSON.stringify(cents)}, and has to be a whole number`);
    if (currency === 'TEST') return false; // not for us: counted as ignored
    const amount = event.eventName === 'refunded' ? -Number(cents) : Number(cents);
    const day = event.eventTime.toISOString().slice(0, 10);
    await query(
      `insert into ${tables.days} as d (day, currency, cents, events) values ($1, $2, $3, 1)
       on conflict (day, currency) do update set cents = d.cents + excluded.cents, events = d.events + 1`,
      [day, currency, amount],
    );
    await query(
      `insert into ${tables.orders} as o (order_id, cents) values ($1, $2) on conflict (order_id) do update set cents = o.cents + excluded.cents`,
      [event.objectId, amount],
    );
    // Outside of the database nothing can be rolled back: the token lets whoever gets it know what it has had already.
    if (receipts !== undefined && !isRehearsal) {
      const answer = await fetch(receipts, {
        method: 'POST',
        headers: { 'idempotency-key': token },
        body: JSON.stringify({ order: event.objectId, amount }),
      });
      if (!answer.ok) throw new Error(`no receipt: ${answer.status}`);
    }
    return true;
  },
});
