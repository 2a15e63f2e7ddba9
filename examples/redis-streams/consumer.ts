// One consumer of the group, in the loop that the client's documentation shows: make the group if there is none, read one new entry (`>`), process it,
// acknowledge it, again. Several of them, each with a name of its own, share the stream.
import { setTimeout as work } from 'node:timers/promises';
import { createClient } from 'redis';

const [stream, group, consumer] = ['events', 'appliers', process.argv[2] ?? 'consumer-0'];
const client = await createClient({ socket: { path: process.env['REDIS_SOCKET'] ?? '', tls: false } }).connect();

try {
  await client.xGroupCreate(stream, group, '0', { MKSTREAM: true });
} catch (error) {
  if (!(error as Error).message.startsWith('BUSYGROUP')) throw error;
}
console.log(`consumer ${consumer} reads`);
process.on('SIGTERM', () => process.exit(0));

type Entry = { readonly id: string; readonly message: { readonly id: string; readonly event: string } };
type Answer = readonly { readonly messages: readonly Entry[] }[] | null;

/** What an application does with an event: some work, and one effect. */
const apply = async ({ message: { id, event } }: Entry): Promise<void> => {
  const { id: clientId, ...fields } = JSON.parse(event) as Record<string, unknown>;
  await work(3);
  await client.rPush('applied', JSON.stringify({ ...fields, id: Number(id), clientId, appliedAt: Date.now() }));
};

for (;;) {
  const answer = (await client.xReadGroup(group, consumer, [{ key: stream, id: '>' }], { COUNT: 1, BLOCK: 5000 })) as Answer;
  const entry = answer?.[0]?.messages[0];
  if (entry === undefined) continue;
  await apply(entry);
  await client.xAck(stream, group, entry.id);
}
