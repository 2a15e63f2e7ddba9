// One connection for one piece of work.
import { Client, type ClientConfig } from 'pg';

/** Connects, works, ends. Rejects also with what the driver finds wrong with the address: it reads that, and the files it names, before it connects. */
export const withClient = async <Result>(config: ClientConfig, work: (client: Client) => Promise<Result>): Promise<Result> => {
  const client = new Client(config);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
};
