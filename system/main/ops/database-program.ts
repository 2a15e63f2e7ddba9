// `npm run ops -- database-url`: where the tables are, for psql and for DATABASE_URL. It has a password: printed where it is asked for, and nowhere else.
import type { Command } from 'commander';
import { databaseUrlOf } from './database-url.ts';
import { exitCodes } from './exit-codes.ts';
import type { OpsSurroundings } from './surroundings.ts';

export const addDatabase = (program: Command, surroundings: OpsSurroundings, ended: (exitCode: number) => void): void => {
  program
    .command('database-url')
    .description("the database's address, with its password: for psql, or for DATABASE_URL")
    .option('--data <folder>', "npm start's data folder, where DATABASE_URL is not set (default: ./data)")
    .action(async ({ data }: { readonly data?: string }, command: Command) => {
      const url = await databaseUrlOf({ databaseUrl: surroundings.databaseUrl, data: data ?? null });
      surroundings.out(command.optsWithGlobals<{ readonly json?: true }>().json === true ? `${JSON.stringify({ url })}\n` : `${url}\n`);
      ended(exitCodes.done);
    });
};
