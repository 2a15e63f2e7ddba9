// The command line of judge, parsed once.
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { HarnessError } from '../engine/errors.ts';
import { ownCommand } from '../report/own-command.ts';
import { exitCodeHelp } from './exit-codes.ts';
import { usageError } from './usage-error.ts';

export type JudgeCommandOptions = {
  /** The folder as it was given, for messages, and as it is. */
  readonly folder: string;
  readonly write: boolean;
  readonly json: boolean;
  /** Show this trace instead of judging. */
  readonly trace: string | null;
};

export const parseJudgeOptions = (parameters: readonly string[]): JudgeCommandOptions | { readonly help: string } => {
  const written: string[] = [];
  const program = createProgram((text) => written.push(text));
  try {
    program.parse(parameters, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { help: written.join('') };
    throw usageError(error, program);
  }
  const [folder] = program.args;
  if (folder === undefined)
    throw new HarnessError('FL_USAGE', `name the folder of a run, such as runs/latest. See: ${ownCommand('judge', '--help')}`);
  const { write, json, trace } = program.opts<{ write?: true; json?: true; trace?: string }>();
  return { folder: resolve(folder), write: write === true, json: json === true, trace: trace ?? null };
};

const createProgram = (write: (text: string) => void): Command =>
  new Command('judge')
    .description('Judges a run again from its folder alone, and gives the same verdict. Writes nothing unless it is told to.')
    .argument('[folder]', 'the folder of a run, or of one scenario in it')
    .option('--write', 'write verdict.json, junit.xml and report.html anew')
    .option('--json', 'the verdict as JSON on stdout')
    .option('--trace <id>', 'print all that the folder has on one trace, and judge nothing')
    .addHelpText('after', exitCodeHelp)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} });
