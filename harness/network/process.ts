// The process of the proxies: what crosses a link must not wait for the harness, nor the harness for it. Requests come on standard input, answers go
// to standard output; when the input ends, whoever started it is gone, and so is this.
import { createInterface } from 'node:readline';
import type { AnswerLine, NetworkRequest, Numbered } from './protocol.ts';
import { createLinkServer } from './serve-links.ts';
import { systemTimers } from './timers.ts';

const say = (line: AnswerLine | Readonly<Record<string, unknown>>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
process.stdout.on('error', () => undefined);

await using server = createLinkServer(systemTimers);
say({ event_name: 'faultline.network.ready', attributes: { process: 'network', pid: process.pid } });
process.on('SIGTERM', () => process.exit(0));
for await (const line of createInterface({ input: process.stdin })) {
  const { n, ...request } = JSON.parse(line) as Numbered<NetworkRequest>;
  try {
    const answer = await server.serve(request as NetworkRequest);
    say({ n, answer });
  } catch (error) {
    say({ n, error: (error as Error).message });
  }
}
