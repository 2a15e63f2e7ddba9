import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

/** Runs in a thread: imports an entry of handler threads, and tells of which packages it loaded modules before it asked for its settings, which there are none of. */
const look = `
  const { registerHooks } = require('node:module');
  const { parentPort, workerData } = require('node:worker_threads');
  const packages = new Set();
  registerHooks({ load: (url, context, next) => {
    const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url);
    if (name !== null) packages.add(name[1]);
    return next(url, context);
  } });
  import(workerData.entry).then(() => parentPort.postMessage({ packages: [...packages] }));
`;

const packagesOf = (entry: string): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(look, { eval: true, workerData: { entry: new URL(entry, import.meta.url).href } });
    thread.on('error', reject);
    thread.on('message', ({ packages }: { readonly packages?: readonly string[] }) => {
      // The entry's own word, that it has no settings, is no answer.
      if (packages === undefined) return;
      void thread.terminate();
      resolve(packages);
    });
  });

// A thread starts anew for each event that hangs: what it loads is time that every lane of the worker waits.
test.for(['./handler-thread.ts', './own/thread.ts'])('%s loads no library of schemas when it starts', async (entry) => {
  const packages = await packagesOf(entry);
  expect(packages).toContain('pg');
  expect(packages).not.toContain('typebox');
  expect(packages).not.toContain('ajv');
});
