// The command of the installed package: `faultline verify …`, `faultline load …`, `faultline judge …`, `faultline stack …`.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../engine/errors.ts';
import { judgeCommand } from './judge-command.ts';
import { loadCommand } from './load-command.ts';
import { didYouMean } from './near-names.ts';
import { runCommand } from './run-command.ts';
import { stackCommand } from './stack-command.ts';
import { verify } from './verify-command.ts';

const { env, stdout, stderr } = process;
const stackProgram = fileURLToPath(new URL(`./stack${extname(import.meta.url)}`, import.meta.url));

const commands: Readonly<Record<string, (parameters: readonly string[]) => Promise<number>>> = {
  verify: (parameters) => verify(parameters, { environment: env, stdout, stderr }),
  load: (parameters) => loadCommand(parameters, { env, stdout, stderr }),
  judge: (parameters) => judgeCommand(parameters, { env, stdout, stderr }),
  stack: (parameters) => stackCommand(parameters, stackProgram, { environment: env, say: (text) => void stdout.write(`${text}\n`) }),
};

const help = `Usage: faultline <command> [options]

  verify  run scenarios against a system and give a verdict on each
  load    send requests at planned times to any HTTP endpoint and judge what came of it
  judge   judge a run again, from its folder alone
  stack   bring a telemetry stack up and take it down

Options of a command: faultline <command> --help
`;

const main = async ([name = '--help', ...parameters]: readonly string[]): Promise<number> => {
  if (name === '--help' || name === '-h' || name === 'help') {
    stdout.write(help);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command(parameters);
  const known = Object.keys(commands);
  throw new HarnessError('FL_USAGE', `there is no command ${name}.${didYouMean(name, known)} There are: ${known.join(', ')}`);
};

await runCommand(() => main(process.argv.slice(2)));
