// `npm run ops -- rebuild …`, as commander has it.
import { Argument, type Command } from 'commander';
import { rebuildable, type RebuildAction } from '../../../contract/rebuild.ts';
import type { RebuildRequest } from '../../../recovery/rebuild-request.ts';
import type { Api } from '../api.ts';
import { seconds, wholeNumber } from '../numbers.ts';
import type { OpsSurroundings } from '../surroundings.ts';
import { askForRebuild, type RebuildOptions } from './ask-rebuild.ts';
import { showRebuild } from './show-rebuild.ts';

export type Run = (
  command: Command,
  work: (context: { readonly api: Api; readonly url: string; readonly json: boolean }) => Promise<number>,
) => Promise<void>;

type ReadModel = RebuildRequest['read_model'];

const readModel = () => new Argument('<read-model>', 'by the processor that writes it').choices([...rebuildable]);

export const addRebuild = (program: Command, surroundings: OpsSurroundings, run: Run): void => {
  const rebuild = program.command('rebuild').description('a read model built anew beside the old one, compared, and switched to');
  const act = (action: RebuildAction, description: string): Command =>
    rebuild
      .command(action)
      .description(description)
      .addArgument(readModel())
      .option('--why <text>', 'why, for the audit (needed)')
      .option('--by <name>', 'who asks, for the audit (default: your account)')
      .action((name: ReadModel, options: RebuildOptions, command: Command) =>
        run(command, ({ api, json }) => askForRebuild({ api, json, readModel: name, action, options, surroundings })),
      );
  act('start', 'a new version, from the log, beside the one that is read')
    .option('--rate <number>', 'events a second, at most (default: as fast as live traffic stays fresh)', wholeNumber(1, 1_000_000))
    .option('--same-code', 'with the code of the version that is read, in place of code of its own');
  rebuild
    .command('status')
    .description('the versions, how far each is, the last comparison, and what was done')
    .addArgument(readModel())
    .action((name: ReadModel, _options: unknown, command: Command) =>
      run(command, ({ api, json }) => showRebuild(api, name, json, surroundings)),
    );
  act('compare', 'the new version against the old: counts, hashes by range of keys, sampled reads')
    .option('--force', 'though the new version is behind')
    .option('--wait <seconds>', 'how long to wait until it is done', seconds, 600);
  act('switch', 'reads go to the new version; the old one is fed on').option('--force', 'though it is behind, or was not found equal');
  act('back', 'reads go to the old version again; the new one is fed on').option('--force', 'though it is behind');
  act('drop', 'a version that is not read is given up').option(
    '--version <number>',
    'which (default: the one that is not read)',
    wholeNumber(1, 1_000_000),
  );
};
