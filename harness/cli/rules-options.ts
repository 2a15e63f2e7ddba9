// The command line of rules, parsed once.
import { Command, CommanderError } from 'commander';
import { HarnessError } from '../engine/errors.ts';
import { usageError } from './usage-error.ts';

export type RulesCommandOptions = { readonly action: 'check' | 'test'; readonly files: readonly string[]; readonly lintFatal: boolean };

const help = `
Exit codes:
  0    every file is right, every test passed
  1    a file is wrong, or a test failed
  3    the command line was not understood
`;

const actions = ['check', 'test'] as const;

export const parseRulesOptions = (parameters: readonly string[]): RulesCommandOptions | { readonly help: string } => {
  const written: string[] = [];
  const program = createProgram((text) => written.push(text));
  try {
    program.parse(parameters, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return { help: written.join('') };
    throw usageError(error, program);
  }
  const [name, ...files] = program.args;
  const action = actions.find((each) => each === name);
  if (action === undefined || files.length === 0) {
    throw new HarnessError('FL_USAGE', 'say what to do and with which files: check FILE… or test FILE…. See: npm run rules -- --help');
  }
  return { action, files, lintFatal: program.opts<{ lintFatal?: true }>().lintFatal === true };
};

const createProgram = (write: (text: string) => void): Command =>
  new Command('rules')
    .description("Checks Prometheus' rule files, and runs rule tests in promtool's format, without Prometheus.")
    .argument('[action]', 'check: are rule files right? test: run files of rule tests')
    .argument('[files...]', 'files, or patterns in quotes')
    .option('--lint-fatal', 'check: rules that write the same series are an error, not a warning')
    .addHelpText('after', help)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {} });
