// What commander says of a mistake, as an error of ours: the flag that is not known, and those that come near.
import { type Command, CommanderError } from 'commander';
import { HarnessError } from '../engine/errors.ts';
import { didYouMean } from './near-names.ts';

/** Anything else than commander's own error is thrown on. */
export const usageError = (error: unknown, program: Command): HarnessError => {
  if (!(error instanceof CommanderError)) throw error;
  const flags = ['--help', ...program.options.filter((option) => !option.hidden).flatMap((option) => option.long ?? [])];
  const unknown = /unknown option '([^'=]+)/.exec(error.message)?.[1];
  const text = unknown === undefined ? withoutPrefix(error.message) : `unknown option ${unknown}.${didYouMean(unknown, flags)}`;
  return new HarnessError('FL_USAGE', `${text} See: npm run ${program.name()} -- --help`);
};

const withoutPrefix = (message: string): string => message.replace(/^error: /, '').replace(/([^.?])$/, '$1.');
