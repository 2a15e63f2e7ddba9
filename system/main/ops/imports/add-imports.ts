// The commands of imports, as commander has them.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { importFormats, importStates } from '../../../contract/imports.ts';
import type { Api } from '../api.ts';
import type { ListOptions } from '../show.ts';
import type { OpsSurroundings } from '../surroundings.ts';
import { importFile, type ImportOptions } from './import-file.ts';
import { listImports, showImport, steerImport, type SteerOptions } from './show-imports.ts';

type Run = (command: Command, work: (context: { readonly api: Api; readonly json: boolean }) => Promise<number>) => Promise<void>;

const rate = (text: string) => {
  const value = /^\d{1,6}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= 100_000) return value;
  throw new InvalidArgumentError('Give a number from 1 to 100000.');
};

const pageSize = (text: string) => {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= 1000) return value;
  throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
};

export const addImports = (program: Command, surroundings: OpsSurroundings, run: Run): void => {
  program
    .command('import')
    .description('imports a file of past events, at the pace that live traffic leaves; the same command again goes on where it stopped')
    .argument('<file>', 'NDJSON (one event a line) or CSV, also gzip; - is standard input')
    .option('--name <name>', "the import's name, that of one file for good (default: the file's)")
    .addOption(new Option('--format <format>', 'what it is (default: by its name)').choices([...importFormats]))
    .option('--columns <file>', 'CSV: JSON that says which column becomes which field; - is standard input')
    .option('--dry-run', 'say what would come of it, import nothing')
    .option('--skip-refused', 'import also where some lines would be refused; they are reported')
    .option('--again', 'import a file that came before under another name')
    .option('--rate <number>', 'lines a second, at most (default: 8000)', rate)
    .option('--report <file>', 'where refused lines are written (default: beside the file, .refused.ndjson)')
    .option('--why <text>', 'why, for the audit (needed but for --dry-run)')
    .option('--by <name>', 'who asks, for the audit (default: your account)')
    .action((file: string, options: ImportOptions, command: Command) =>
      run(command, ({ api, json }) => importFile({ api, json, file, options, surroundings })),
    );
  const imports = program.command('imports').description('how far imports are, and what operators do about them');
  imports
    .command('list')
    .addOption(new Option('--state <state>', 'only in this state').choices([...importStates]))
    .option('--limit <number>', 'most rows', pageSize, 50)
    .option('--cursor <text>', 'the next page, as the last one named it')
    .action((options: ListOptions & { state?: string }, command: Command) =>
      run(command, ({ api, json }) => listImports(api, options, json, surroundings)),
    );
  imports
    .command('show')
    .argument('<name>', 'its name')
    .action((name: string, _options: unknown, command: Command) =>
      run(command, ({ api, json }) => showImport(api, name, json, surroundings)),
    );
  const steer = (action: 'pause' | 'resume' | 'cancel', description: string) => {
    const command = imports
      .command(action)
      .description(description)
      .argument('<name>', 'its name')
      .option('--why <text>', 'why, for the audit')
      .option('--by <name>', 'who asks, for the audit (default: your account)');
    if (action === 'resume') command.option('--rate <number>', 'another top rate, lines a second', rate);
    command.action((name: string, options: SteerOptions, self: Command) =>
      run(self, ({ api }) => steerImport(api, { action, name, options }, surroundings)),
    );
  };
  steer('pause', 'takes no more lines until it is resumed; whoever sends them waits');
  steer('resume', 'goes on');
  steer('cancel', 'ends it for good; what it has appended stays');
};
