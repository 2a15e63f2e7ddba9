// Numbers of the command line, as commander parses options.
import { InvalidArgumentError } from 'commander';

export const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
};

const decimal = (text: string) => (/^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN);

export const positive = (text: string) => {
  const value = decimal(text);
  if (value > 0 && value <= 10_000) return value;
  throw new InvalidArgumentError('Give a number above 0, up to 10000.');
};

export const seconds = (text: string) => {
  const value = decimal(text);
  if (value >= 0 && value <= 86_400) return value;
  throw new InvalidArgumentError('Give seconds, from 0 to 86400.');
};
