// The command line of selftest, parsed once: what is asked for by a name that there is not, or that would have no effect, is a mistake.
import { Command } from 'commander';
import { HarnessError } from '../engine/errors.ts';
import { didYouMean } from './near-names.ts';

export type SelftestOptions = {
  readonly names: readonly string[];
  readonly list: boolean;
  /** Also the defects for the scenarios outside of the default set. */
  readonly full: boolean;
  /** Only the tools: no scenario is run. */
  readonly tools: boolean;
  /** With `tools`: also those that take seconds, a database or an engine. Without, all are shown. */
  readonly slow: boolean;
  readonly blunt?: string;
  readonly seed: number;
  readonly json?: string;
  readonly report: string;
};

/** What there is to be asked for by name. */
export type SelftestNames = { readonly cases: readonly string[]; readonly tools: readonly string[]; readonly checks: readonly string[] };

/** Throws commander's own errors, which it has told by then, and FL_USAGE for what commander knows nothing of. */
export const parseSelftestOptions = (parameters: readonly string[], names: SelftestNames): SelftestOptions => {
  const program = createProgram();
  program.parse(parameters, { from: 'user' });
  const options = { names: program.args, ...program.opts<Omit<SelftestOptions, 'names'>>() };
  checkNames(options, names);
  checkBlunt(options, names);
  return options;
};

const checkNames = ({ names, tools }: SelftestOptions, { cases, tools: toolNames }: SelftestNames): void => {
  const known = tools ? toolNames : cases;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw mistake(`no ${tools ? 'tool' : 'case'} is named ${unknown}.${didYouMean(unknown, known)}`);
};

/** A proof of the proof that blunts nothing would be green, and prove nothing. */
const checkBlunt = ({ blunt, names, tools }: SelftestOptions, { checks }: SelftestNames): void => {
  if (blunt === undefined) return;
  if (!checks.includes(blunt)) throw mistake(`--blunt ${blunt}: there is no check of that name.${didYouMean(blunt, checks)}`);
  if (!tools && names.length > 0)
    throw mistake('--blunt is for the tools, and beside named defects none is shown: add --tools and name tools, or leave the names out');
};

const mistake = (text: string): HarnessError => new HarnessError('FL_USAGE', `${text} See: npm run selftest -- --help`);

const createProgram = (): Command =>
  new Command('selftest')
    .description(
      'Shows every tool (checkers, traffic, drivers, faults, the verdict) a case that it must call bad and one that it must call good; then plants each committed defect in a copy of the code and demands that verify goes red through the check that names it.',
    )
    .argument('[case...]', 'which defects to plant (default: those for the default scenarios, and the tools before them; --list names all)')
    .option('--list', 'name the defects and stop', false)
    .option('--full', 'also the defects for the scenarios outside of the default set: about twenty minutes more', false)
    .option('--tools', 'only the tools, or those that are named: no scenario is run, well under a minute', false)
    .option('--slow', 'with --tools, also those that take seconds, a database or a container engine: under two minutes', false)
    .option('--blunt <check>', 'make a check find nothing: the selftest must then fail')
    .option('--seed <number>', 'seed of the runs', (text) => Number.parseInt(text, 10), 1)
    .option('--json <file>', 'write the results as JSON')
    .option('--report <folder>', 'where the folders of the runs go', 'runs/selftest')
    .exitOverride();
