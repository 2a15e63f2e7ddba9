// Free ports on loopback for programs that must be told theirs. Below the kernel's ephemeral range: no connection that is opened meanwhile takes one.
import { createServer } from 'node:net';
import { HarnessError } from '../engine/errors.ts';

const [lowest, highest] = [20_000, 32_000];
const mostTries = 200;

export const isFreePort = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });

/** `count` different ones. `random` gives 0 to 1. */
export const freePorts = async (count: number, random: () => number): Promise<readonly number[]> => {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries += 1) {
    if (tries > mostTries + count)
      throw new HarnessError('FL_STACK_FAILED', `no ${count} free ports between ${lowest} and ${highest} on 127.0.0.1`);
    const port = lowest + Math.floor(random() * (highest - lowest));
    if (await isFreePort(port)) found.add(port);
  }
  return [...found];
};
