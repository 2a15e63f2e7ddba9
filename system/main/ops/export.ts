// `npm run ops -- export`: a whole listing into a file. The file has its name only once the export is known to be whole.
import { unreachable } from './api.ts';
import { exitCodes } from './exit-codes.ts';
import { OpsError } from './ops-error.ts';
import type { OpsSurroundings } from './surroundings.ts';

export type ExportOptions = {
  readonly format: 'ndjson' | 'csv';
  readonly out: string;
  readonly formulas?: 'escape' | 'keep';
};

type Answer = { readonly error?: { readonly code: string; readonly message: string } };

/** `path`: that of a listing, with its filters, as for curl. */
export const exportListing = async (base: string, path: string, options: ExportOptions, surroundings: OpsSurroundings): Promise<number> => {
  const headers = surroundings.apiKey === null ? {} : { authorization: `Bearer ${surroundings.apiKey}` };
  const url = urlOf(base, path, options);
  await using file = await surroundings.openFile(options.out);
  const response = await ask(url, headers);
  const last = await copyAllButLast(response, file.write).catch((error: unknown) => {
    // A full disk has nothing to do with the connection, and asking again does not help.
    if (error instanceof NotWritten) throw error.cause;
    throw new OpsError(`The connection broke before the export was whole: ${(error as Error).message}. Nothing is kept; ask again.`, {
      cause: error,
    });
  });
  const rows = rowsOf(last, options.format);
  if (rows === null) {
    surroundings.err(`The export broke: ${last.trim() || 'it has no last line'}\nNothing is kept; ask again.\n`);
    return exitCodes.notAll;
  }
  await file.keep();
  surroundings.err(`${rows} rows${options.out === '-' ? '' : ` in ${options.out}`}\n`);
  return exitCodes.done;
};

const urlOf = (base: string, path: string, { format, formulas }: ExportOptions): URL => {
  if (!path.startsWith('/'))
    throw new OpsError(`Give the path of a listing, such as /events or '/dead-letters?processor=timelines', not '${path}'.`);
  const url = new URL(path, base);
  url.searchParams.set('format', format);
  if (formulas !== undefined) url.searchParams.set('formulas', formulas);
  return url;
};

const ask = async (url: URL, headers: Record<string, string>): Promise<Response> => {
  const response = await fetch(url, { headers }).catch((cause: unknown) => {
    throw new OpsError(unreachable(url, cause), { cause });
  });
  const type = response.headers.get('content-type') ?? '';
  if (response.ok && !/^(?:application\/x-ndjson|text\/csv)/.test(type))
    throw new OpsError(`${url.pathname} is no listing that can be exported.`);
  if (response.ok) return response;
  const { error } = (await response.json().catch(() => ({}))) as Answer;
  throw new OpsError(error === undefined ? `${url.origin} answered ${response.status}.` : `${error.message} (${error.code})`);
};

class NotWritten extends Error {}

/** Rejects with a NotWritten where it is `write` that fails. Gives the last line, which is not a row: it says whether the rest is whole. */
const copyAllButLast = async (response: Response, write: (text: string) => Promise<void>): Promise<string> => {
  let held = '';
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    held += text;
    const end = held.lastIndexOf('\n', held.length - 2) + 1;
    if (end > 0)
      await write(held.slice(0, end)).catch((cause: unknown) => {
        throw new NotWritten('It could not be written', { cause });
      });
    held = held.slice(end);
  }
  return held;
};

/** null: it is not the line that a whole export ends with. */
const rowsOf = (last: string, format: ExportOptions['format']): number | null => {
  const found =
    format === 'csv' ? /^# export complete: (\d+) rows\n$/.exec(last) : /^\{"export":\{"complete":true,"rows":(\d+)\}\}\n$/.exec(last);
  return found === null ? null : Number(found[1]);
};
