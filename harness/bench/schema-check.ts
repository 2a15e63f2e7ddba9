// What judging events by their registered schema costs at the door: batches of 100 with a schema for each event, against the same without any.
import pg from 'pg';
import type { Bed } from './bed.ts';
import { saturate } from './closed-loop.ts';
import { batchBody } from './events.ts';
import { figure, median, type Figure } from './figure.ts';
import { demandClean } from './ingest-one.ts';

const batchEvents = 100;
const connections = 8;
const rounds = 3;
const secondsARound = 4;

export const benchSchemaCheck = async (bed: Bed, say: (text: string) => void): Promise<readonly Figure[]> => {
  const plain = await bed.start('ingest', await bed.database('bench_without_schemas'));
  const url = await bed.database('bench_with_schemas');
  const checked = await bed.start('ingest', url);
  await register(url);
  let sent = 2_000_000;
  const round = async (address: string, seconds: number) => {
    const load = { url: address, path: '/events/batch', connections, seconds, body: () => batchBody(sent++, batchEvents) };
    return demandClean(await saturate(load)).requestsPerSecond * batchEvents;
  };
  // Longer than a copy of the registry lives.
  await Promise.all([round(plain.address, 2), round(checked.address, 2)]);
  const pairs: (readonly [checked: number, plain: number])[] = [];
  for (let n = 1; n <= rounds; n++) {
    say(`batches of ${batchEvents} with and without schemas, round ${n} of ${rounds}`);
    pairs.push([await round(checked.address, secondsARound), await round(plain.address, secondsARound)]);
  }
  await Promise.all([plain.process.stop(), checked.process.stop()]);
  const ratio = median(pairs.map(([one, other]) => one / other));
  const against = { what: 'the same without a registered schema', value: median(pairs.map(([, other]) => other)) };
  const value = median(pairs.map(([one]) => one));
  return [
    figure('ingest, batches of 100, each event judged by its schema', value, 'events/s', against, { of: 'ratio', atLeast: 0.85 }, ratio),
  ];
};

const schema = {
  type: 'object',
  properties: {
    user: { type: 'string', minLength: 1, maxLength: 64, pattern: '^user-[0-9]+$' },
    amount: { type: 'number', minimum: 0 },
    currency: { enum: ['EUR', 'USD', 'GBP'] },
    note: { type: 'string', maxLength: 1000 },
  },
  required: ['user', 'amount', 'currency'],
  additionalProperties: false,
};

/** As rows: the way there is not what is measured. What does not fit would be refused, and the round not be clean. */
const register = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const name of ['order_placed', 'order_paid', 'order_packed', 'order_shipped']) {
      await client.query(
        `insert into event_schemas (tenant, system_name, event_name, version, schema, owner, compatibility, examples, registered_by)
         values ('default', 'bench', $1, 1, $2, 'bench', 'full', '[]', 'bench')`,
        [name, JSON.stringify(schema)],
      );
      await client.query(
        `insert into schema_policies (tenant, system_name, event_name, unversioned, invalid, unknown_version, set_by)
         values ('default', 'bench', $1, 1, 'refuse', 'refuse', 'bench')`,
        [name],
      );
    }
    await client.query('update schema_registry set revision = revision + 1');
  } finally {
    await client.end();
  }
};
