// The command line of `npm run ops`, as commander has it. Each command is one function; the exit code is what it returns.
import { Command, InvalidArgumentError, Option } from 'commander';
import { createApi } from './api.ts';
import { askFor, type AskOptions } from './ask.ts';
import { addBackups } from './backup-program.ts';
import { addDatabase } from './database-program.ts';
import { exportListing, type ExportOptions } from './export.ts';
import { exitCodeHelp } from './exit-codes.ts';
import { addImports } from './imports/add-imports.ts';
import { addKeys } from './keys-program.ts';
import { filtersOf, keyPlace, letterPlace, type Filters } from './places.ts';
import { listAudit, listLetters, listParkedKeys, showJob, showLetter, showParkedKey, type ListOptions } from './show.ts';
import { addSchemas } from './schemas.ts';
import { addReplays } from './replays/add-replays.ts';
import { positive, seconds, wholeNumber } from './numbers.ts';
import { addErasure } from './erasure/commands.ts';
import { addRebuild, type Run } from './rebuild/commands.ts';
import type { OpsSurroundings } from './surroundings.ts';

type Root = { readonly url: string; readonly json?: true };

/** `ended` gets the exit code of the command that ran. */
export const createProgram = (surroundings: OpsSurroundings, ended: (exitCode: number) => void): Command => {
  const program = new Command('npm run ops --')
    .description(
      'What operators do: dead letters and parked keys, schemas, imports, rebuilds of read models, erasure and exports, over the query process (with FAULTLINE_API_KEY, where keys are needed). Replays of the log, API keys, tenants, backup, restore and database-url: over the database.',
    )
    .option('--url <address>', 'the query process', parseUrl, 'http://127.0.0.1:4001')
    .option('--json', "print the API's answers as JSON")
    .addHelpText('after', exitCodeHelp)
    .configureOutput({ writeOut: surroundings.out, writeErr: surroundings.err })
    // Throws a CommanderError instead of ending the process with an exit code of its own.
    .exitOverride();
  const run: Run = async (command, work) => {
    const { url, json = false } = command.optsWithGlobals<Root>();
    ended(await work({ api: createApi(url, surroundings.apiKey, surroundings), url, json }));
  };
  addDeadLetters(program, surroundings, run);
  addParkedKeys(program, surroundings, run);
  addRecords(program, surroundings, run);
  addSchemas(program, surroundings, run);
  addImports(program, surroundings, run);
  addReplays(program, surroundings, ended);
  addRebuild(program, surroundings, run);
  addErasure(program, surroundings, run);
  addExport(program, surroundings, run);
  addKeys(program, surroundings, ended);
  addBackups(program, surroundings, ended);
  addDatabase(program, surroundings, ended);
  return program;
};

const addDeadLetters = (program: Command, surroundings: OpsSurroundings, run: Run): void => {
  const letters = program.command('dead-letters').description('events that a processor could not apply');
  paged(filtered(letters.command('list').description('dead letters, by processor, lane and position')))
    .option('--since <time>', 'last failed from this time on (RFC 3339)')
    .option('--until <time>', 'last failed before this time (RFC 3339)')
    .action((options: Filters & ListOptions, command: Command) =>
      run(command, ({ api, json }) => listLetters(api, options, json, surroundings)),
    );
  letters
    .command('show')
    .description('one event of the park: why it failed, how often, its body as it came and as it was fixed')
    .argument('<place>', 'processor/version/lane/position, as list shows it', letterPlace)
    .action((place: ReturnType<typeof letterPlace>, _options: unknown, command: Command) =>
      run(command, ({ api, json }) => showLetter(api, place, json, surroundings)),
    );
  const act = (name: 'replay' | 'discard' | 'fix', description: string) =>
    acting(filtered(letters.command(name).description(description)))
      .argument('[place]', 'one dead letter: processor/version/lane/position, as list shows it', letterPlace)
      .option('--all', 'every dead letter that there is')
      .action((place: ReturnType<typeof letterPlace> | undefined, options: AskOptions, command: Command) =>
        run(command, ({ api, json }) =>
          askFor({ api, json, action: name, selection: { ...place, ...filtersOf(options) }, options, surroundings }),
        ),
      );
  act('replay', 'tries dead letters again, each with what waits behind it, in order');
  act('discard', 'gives dead letters up, on record; what waits behind them goes on');
  act('fix', 'changes what processors are given in place of the body that came, by rules in a file; the body itself is kept')
    .option(
      '--rules <file>',
      'JSON: [{"op": "replace" | "remove" | "cast", "path": "/metadata/…", "value" | "to": …, "when": {…}}]; - is stdin',
    )
    .option('--replay', 'and replay them once they are fixed')
    .option('--undo', 'take earlier fixes back instead: processors are given the body as it came');
};

const addParkedKeys = (program: Command, surroundings: OpsSurroundings, run: Run): void => {
  const keys = program.command('parked-keys').description('keys whose events wait, because one of them fails');
  paged(filtered(keys.command('list').description('parked and retrying keys'), false))
    .option('--state <state>', 'retrying or parked')
    .action((options: Filters & ListOptions, command: Command) =>
      run(command, ({ api, json }) => listParkedKeys(api, options, json, surroundings)),
    );
  keys
    .command('show')
    .description('one key, with its events in the order in which they will be applied')
    .argument('<processor/version>', 'such as timelines/1', keyPlace)
    .argument('<system>', 'its system_name')
    .argument('<object>', 'its object_id')
    .option('--limit <number>', 'most events', wholeNumber(1, 1000), 20)
    .action((of: ReturnType<typeof keyPlace>, system: string, object: string, options: { limit: number }, command: Command) =>
      run(command, ({ api, json }) => showParkedKey(api, { ...of, system, object, limit: options.limit }, json, surroundings)),
    );
  acting(keys.command('replay').description('tries one key again, from its first event on, in order'))
    .argument('<processor/version>', 'such as timelines/1', keyPlace)
    .argument('<system>', 'its system_name')
    .argument('<object>', 'its object_id')
    .action((of: ReturnType<typeof keyPlace>, system_name: string, object_id: string, options: AskOptions, command: Command) =>
      run(command, ({ api, json }) =>
        askFor({ api, json, action: 'replay', selection: { ...of, system_name, object_id }, options, surroundings }),
      ),
    );
};

const addRecords = (program: Command, surroundings: OpsSurroundings, run: Run): void => {
  program
    .command('jobs')
    .description('what was asked for, and how far it is')
    .command('show')
    .argument('<job>', 'its number', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .action((job: number, _options: unknown, command: Command) => run(command, ({ api, json }) => showJob(api, job, json, surroundings)));
  const audit = program.command('audit').description('who did what to which dead letter, when and why').command('list');
  paged(audit)
    .option('--system <name>', 'only of this system_name')
    .option('--object <id>', 'only of this object_id')
    .option('--job <number>', 'only of this job', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .action((options: Filters & ListOptions & { job?: number }, command: Command) =>
      run(command, ({ api, json }) => listAudit(api, options, json, surroundings)),
    );
};

const addExport = (program: Command, surroundings: OpsSurroundings, run: Run): void => {
  program
    .command('export')
    .description('a whole listing into a file, which has its name only once it is known to be whole')
    .argument('<path>', "of a listing, with its filters: /events, '/counts?system_name=shop', /dead-letters, /recovery/audit …")
    .addOption(new Option('--format <format>', 'what to write').choices(['ndjson', 'csv']).default('ndjson'))
    .addOption(new Option('--formulas <how>', 'csv: text that a spreadsheet would take for a formula').choices(['escape', 'keep']))
    .requiredOption('--out <file>', 'where to; - is standard output')
    .action((path: string, options: ExportOptions, command: Command) =>
      run(command, ({ url }) => exportListing(url, path, options, surroundings)),
    );
};

const filtered = (command: Command, ofEvents = true): Command => {
  command
    .option('--processor <name>', 'only of this processor')
    .option('--system <name>', 'only of this system_name')
    .option('--object <id>', 'only of this object_id');
  return ofEvents
    ? command.option('--event <name>', 'only of this event_name').option('--reason <code>', 'only with this reason')
    : command;
};

const paged = (command: Command): Command =>
  command
    .option('--limit <number>', 'most rows', wholeNumber(1, 1000), 50)
    .option('--cursor <text>', 'the next page, as the last one named it');

const acting = (command: Command): Command =>
  command
    .option('--why <text>', 'why, for the audit (needed but for --dry-run)')
    .option('--by <name>', 'who asks, for the audit (default: your account)')
    .option('--rate <number>', 'dead letters begun a second, at most (default: 20)', positive)
    .option('--dry-run', 'say what would become of each, change nothing')
    .option('--wait <seconds>', 'how long to wait until it is done; 0: not', seconds, 60);

const parseUrl = (text: string) => {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return text;
  throw new InvalidArgumentError('Give an address such as http://127.0.0.1:4001.');
};
