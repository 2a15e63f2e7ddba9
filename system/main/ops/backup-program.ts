// The commands of backup and restore, as commander has them. They speak to the database.
import type { Command } from 'commander';
import { type BackupContext, backUp, fence, restore, verify } from './backup.ts';
import type { OpsSurroundings } from './surroundings.ts';

type Root = { readonly json?: true; readonly data?: string };

export const addBackups = (program: Command, surroundings: OpsSurroundings, ended: (exitCode: number) => void): void => {
  const run = async (command: Command, work: (context: BackupContext) => Promise<number>) => {
    const { json = false, data = null } = command.optsWithGlobals<Root>();
    ended(await work({ place: { databaseUrl: surroundings.databaseUrl, data }, json, surroundings }));
  };
  const onDatabase = (command: Command): Command =>
    command.option('--data <folder>', "npm start's data folder, where DATABASE_URL is not set (default: ./data)");
  onDatabase(program.command('backup').description('the whole database into a folder, from one moment, while the system works on'))
    .requiredOption('--out <folder>', 'a folder that is not there yet; it has its name once the backup is whole')
    .action(({ out }: { out: string }, command: Command) => run(command, (context) => backUp(context, out)));
  program
    .command('verify-backup')
    .description('reads a backup from end to end: is it what was backed up?')
    .argument('<folder>', 'the backup')
    .action((folder: string, _options: unknown, command: Command) => run(command, (context) => verify(context, folder)));
  onDatabase(program.command('restore').description('a backup into a database without an event, compared, with every epoch raised'))
    .argument('<folder>', 'the backup')
    .action((folder: string, _options: unknown, command: Command) => run(command, (context) => restore(context, folder)));
  onDatabase(
    program
      .command('fence')
      .description('raises every epoch: after a restore by another tool, before the system is started on what it restored'),
  ).action((_options: unknown, command: Command) => run(command, fence));
};
