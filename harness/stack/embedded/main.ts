// The embedded stack as a process of its own: `node main.ts [--port 0] [--metric-interval 1s] [--rules FILE …]`. Prints one JSON line when it is ready, or one that says why it can't be.
import { parseArgs } from 'node:util';
import { systemClock } from '../../engine/clock.ts';
import { parseDurationMs } from '../../dashboards/time-range.ts';
import { createStack } from './stack.ts';
import { metricBackend } from './metric-backend.ts';
import { ownOrigin } from './page/logic/page-config.ts';
import { readRuleFlags, ruleFlags } from './rule-options.ts';

const print = (eventName: string, severity: 'INFO' | 'ERROR', body: string, attributes: Readonly<Record<string, unknown>>): void => {
  const severityNumber = severity === 'INFO' ? 9 : 17;
  const line = {
    time: new Date().toISOString(),
    severity_text: severity,
    severity_number: severityNumber,
    body,
    event_name: eventName,
    attributes,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const refuse = (message: string): void => {
  print('faultline.process.refused', 'ERROR', 'cannot start', { code: 'FL_STACK_FAILED', message, pid: process.pid });
  process.exitCode = 3;
};

const readPort = (text: string): number => {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${text} is no port; give 0 to 65535`);
  return port;
};

/** For the dashboards' page: seconds between two samples. */
const readMetricInterval = (text: string): number => {
  const ms = parseDurationMs(text) ?? 0;
  if (ms <= 0) throw new Error(`--metric-interval ${text} is no duration; give one such as 1s or 10s`);
  return ms / 1_000;
};

const why = (error: unknown, port: number): string =>
  (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    ? `port ${port} of 127.0.0.1 is taken; end what listens there, or give --port 0 for any free one`
    : (error as Error).message;

const start = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '0' }, 'metric-interval': { type: 'string', default: '1s' }, ...ruleFlags },
  });
  const port = readPort(values.port);
  const timeIntervalSeconds = readMetricInterval(values['metric-interval']);
  const app = await createStack({
    metrics: metricBackend(systemClock, await readRuleFlags(values)),
    page: { config: { backends: ownOrigin, timeIntervalSeconds } },
  });
  try {
    const address = await app.listen({ host: '127.0.0.1', port });
    const stop = (): void => void app.close();
    process.once('SIGTERM', stop).once('SIGINT', stop);
    print('faultline.stack.ready', 'INFO', 'listening', { process: 'stack', address, pid: process.pid });
  } catch (error) {
    await app.close();
    throw new Error(why(error, port), { cause: error });
  }
};

await start().catch((error: unknown) => refuse((error as Error).message));
