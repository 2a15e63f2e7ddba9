// The reaper, a small process of its own: `node reaper.ts <processes.ndjson>`. It waits on its standard input, whose other end the harness holds.
// The line `release` before the end: all is well, it goes. The end without it: the harness is dead, even by kill -9, and all that is recorded is ended.
import { appendFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reap } from './reap.ts';

const registryFile = process.argv[2];
if (registryFile === undefined) throw new Error('usage: node reaper.ts <processes.ndjson>');

/** The reaper outlives what ends the harness: a closed terminal, Ctrl-C, a polite SIGTERM to the group. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

/** Its standard output is the harness's pipe, which is gone by then: what it did is written beside the registry. */
const report = (line: Readonly<Record<string, unknown>>): void => {
  try {
    appendFileSync(join(dirname(registryFile), 'reaper.ndjson'), `${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
  } catch {
    // The folder is gone or full; ending the processes matters more than telling of it.
  }
};

const readToEnd = async (): Promise<string> => {
  let text = '';
  try {
    for await (const chunk of process.stdin) text = (text + String(chunk)).slice(-1_024);
  } catch {
    // A broken pipe is an end too.
  }
  return text;
};

process.stdout.on('error', () => undefined);
process.stdout.write(`${JSON.stringify({ event_name: 'faultline.reaper.ready', attributes: { process: 'reaper', pid: process.pid } })}\n`);
const said = await readToEnd();
if (!said.split('\n').includes('release')) {
  const reaped = await reap(registryFile, { politeMs: 1_500, withinMs: 5_000 });
  report({ event_name: 'faultline.reaper.reaped', attributes: reaped });
}
process.exit(0);
