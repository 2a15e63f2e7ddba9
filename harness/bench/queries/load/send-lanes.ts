// Sends bodies over some connections, each its own in order: what one process exports must not overtake itself.
import type { Client } from 'undici';
import { mediaTypes } from './encode-export.ts';
import type { Encoding } from './protocol.ts';

/** Throws where the answer is not a plain 200: a figure over refused samples would be a figure of something else. */
export const demandTaken = (status: number, encoding: Encoding, answer: Buffer): void => {
  // An empty ExportMetricsServiceResponse has no bytes in protobuf and is {} in JSON; anything more is a partial success.
  const isPlain = encoding === 'json' ? /^\s*\{\s*("partialSuccess"\s*:\s*\{\s*\}\s*)?\}\s*$/.test(answer.toString()) : answer.length === 0;
  const isEmptyAnswer = answer.length === 0;
  if (status !== 200 || !(isPlain || isEmptyAnswer)) {
    throw new Error(`an export was answered ${status}: ${answer.toString('utf8', 0, 300)}`);
  }
};

const send = async (client: Client, path: string, body: Buffer, encoding: Encoding): Promise<void> => {
  const { statusCode, body: answer } = await client.request({
    method: 'POST',
    path,
    headers: { 'content-type': mediaTypes[encoding] },
    body,
  });
  demandTaken(statusCode, encoding, Buffer.from(await answer.arrayBuffer()));
};

/** One list of bodies a connection. */
export const sendLanes = async (
  clients: readonly Client[],
  path: string,
  lanes: readonly (readonly Buffer[])[],
  encoding: Encoding,
): Promise<void> => {
  await Promise.all(
    clients.map(async (client, index) => {
      for (const body of lanes[index] ?? []) await send(client, path, body, encoding);
    }),
  );
};
