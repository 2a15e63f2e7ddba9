// The flags of `npm start`, parsed once. Everything else is set by environment variables, as for each process alone.
import { Command, InvalidArgumentError, Option } from 'commander';

export type StartOptions = {
  /** null: the default place. */
  readonly data: string | null;
  readonly port: number;
  readonly queryPort: number;
  readonly ingest: number;
  readonly workers: number;
  /** Files of a team's own processors. */
  readonly processor: readonly string[];
  readonly verbose: boolean;
};

const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
};

const createCommand = (): Command =>
  new Command('npm start --')
    .description('Runs the system for use: PostgreSQL, ingest, workers and query, until Ctrl-C.')
    .option('--data <folder>', 'where events are kept; made when it is not there (default: ./data)')
    .option('--port <number>', 'port of POST /events', wholeNumber(0, 65535), 4000)
    .option('--query-port <number>', 'port of the query API', wholeNumber(0, 65535), 4001)
    .option('--ingest <number>', 'ingest processes, all on the one port', wholeNumber(1, 16), 1)
    .option('--workers <number>', 'worker processes', wholeNumber(1, 16), 2)
    .addOption(
      new Option('--processor <file>', 'a processor of your own (docs/processors.md); again for each')
        .argParser((file, files: readonly string[]) => [...files, file])
        .default([], 'none'),
    )
    .option('--verbose', "show every line of every process's log, not warnings and errors alone", false)
    .addHelpText('after', '\nDATABASE_URL uses a PostgreSQL of yours instead of one on the data folder. Settings: docs/settings.md')
    .allowExcessArguments(false)
    // Throws a CommanderError instead of ending the process with an exit code of its own.
    .exitOverride();

/** Throws a CommanderError, after commander has said what was wrong; its `exitCode` is 0 after --help. */
export const parseStartOptions = (parameters: readonly string[], write?: (text: string) => void): StartOptions => {
  const command = createCommand();
  if (write) command.configureOutput({ writeErr: write, writeOut: write });
  const { data = null, ...others } = command.parse(parameters, { from: 'user' }).opts<Omit<StartOptions, 'data'> & { data?: string }>();
  return { data, ...others };
};
