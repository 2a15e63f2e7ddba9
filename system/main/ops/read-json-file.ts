// A file of JSON that becomes part of a request: rules, a mapping, a schema.
import { eventLimits } from '../../contract/event-limits.ts';
import { findLostDigits } from '../../ingest/lost-digits.ts';
import { isTextDeeperThan } from '../../ingest/raw-json.ts';
import { OpsError } from './ops-error.ts';
import type { OpsSurroundings } from './surroundings.ts';
import { shown } from './table.ts';

export type JsonFile = {
  readonly path: string;
  /** What it is, such as `The rules`. */
  readonly name: string;
  /** What to do about a number that a double does not keep: it would be sent as another, and the server could not tell. */
  readonly instead: string;
};

export const readJsonFile = async (
  { path, name, instead }: JsonFile,
  { readFile }: Pick<OpsSurroundings, 'readFile'>,
): Promise<unknown> => {
  const text = await readFile(path).catch((cause: unknown) => {
    throw new OpsError(`${name} can't be read from ${path}: ${(cause as Error).message}`, { cause });
  });
  const value = parse(text, path);
  // What is nested deeper is refused by whoever takes it.
  const lost = isTextDeeperThan(text, 2 * eventLimits.depth) ? null : findLostDigits(text);
  if (lost === null) return value;
  throw new OpsError(
    `${path} holds ${shown(lost.length > 40 ? `${lost.slice(0, 40)}…` : lost)}, which a double does not keep: ${instead}.`,
  );
};

const parse = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OpsError(`${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
};
