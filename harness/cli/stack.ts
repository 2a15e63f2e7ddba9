// `npm run stack -- up|down|status`: the telemetry stack by itself, for people.
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.ts';
import { stackCommand } from './stack-command.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

await runCommand(() => stackCommand(process.argv.slice(2), fileURLToPath(import.meta.url), { environment: process.env, say }));
