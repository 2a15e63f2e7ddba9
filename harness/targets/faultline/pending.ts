// What is still on its way through the system, asked of the tables. Dead letters rest; they are not on their way.
import type { Pool } from 'pg';
import { consumersIn } from './consumer-books.ts';

type Backlog = { readonly processor: string; readonly amount: number };

/** Processors whose name begins with an underscore are duties without a stream to follow. */
const lagSql = `select p.processor as "processor", sum(l.head - coalesce(c.position, 0))::float8 as "amount"
  from processors p join lanes l on l.stream_version = p.stream_version
  left join checkpoints c on c.processor = p.processor and c.version = p.version and c.lane = l.lane
  where p.state <> 'retired' and left(p.processor, 1) <> '_' group by p.processor order by p.processor`;
const pendingSql = `select processor as "processor", count(*)::float8 as "amount" from pending_events group by processor order by processor`;
const retryingSql = `select processor as "processor", count(*)::float8 as "amount" from parked_keys where state = 'retrying' group by processor order by processor`;

/** In words with numbers; empty when all is drained. */
export const pendingIn = async (pool: Pool): Promise<readonly string[]> => {
  const [lag, early, retrying, consumers] = await Promise.all([
    ask(pool, lagSql),
    ask(pool, pendingSql),
    ask(pool, retryingSql),
    consumersIn(pool),
  ]);
  if (lag.length === 0) return ['no processor has registered yet'];
  return [
    ...inWords(lag, (amount, processor) => `${amount} events not yet passed by ${processor}`),
    ...inWords(early, (amount, processor) => `${amount} early events wait for their predecessors in ${processor}`),
    ...inWords(
      consumers.map(({ consumer, head, position }) => ({ processor: consumer, amount: head - position })),
      (amount, consumer) => `${amount} events not yet checkpointed by consumer ${consumer}`,
    ),
    ...inWords(retrying, (amount, processor) => `${amount} keys are being retried by ${processor}`),
  ];
};

/** The largest backlog of any processor, in events. */
export const lagIn = async (pool: Pool): Promise<number> => Math.max(0, ...(await ask(pool, lagSql)).map((row) => row.amount));

const ask = async (pool: Pool, sql: string): Promise<readonly Backlog[]> => (await pool.query<Backlog>(sql)).rows;

const inWords = (rows: readonly Backlog[], sentence: (amount: number, processor: string) => string): readonly string[] =>
  rows.filter((row) => row.amount > 0).map((row) => sentence(row.amount, row.processor));
