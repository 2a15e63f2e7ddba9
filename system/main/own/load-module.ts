// Loads a processor's module, inside of a thread. `faultline/processor` is what runs here, wherever the file lies and whatever is installed beside it.
import { extname } from 'node:path';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const ownDoor = new URL(`../../processor/define-processor${extname(import.meta.url)}`, import.meta.url).href;

let isHooked = false;

const hook = () => {
  if (isHooked) return;
  isHooked = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'faultline/processor' ? { url: ownDoor, shortCircuit: true } : next(specifier, context),
  });
};

/** The module's default export. Throws an Error whose message is for people: what is wrong, and in which line. */
export const loadModule = async (file: string): Promise<unknown> => {
  hook();
  const module = (await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw new Error(explain(error, file), { cause: error });
  })) as { readonly default?: unknown };
  if (module.default === undefined) throw new Error('It has no default export: write `export default defineProcessor({ … })`.');
  return module.default;
};

/** A syntax error tells its place in the stack alone. */
const explain = (error: unknown, file: string): string => {
  if (!(error instanceof Error)) return `It throws ${String(error)} as it loads.`;
  const { code } = error as { readonly code?: unknown };
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ENOENT') return missing(error.message, file);
  const place = placeIn(error.stack ?? '', file);
  const what = error instanceof SyntaxError ? 'It has a syntax error' : 'It throws as it loads';
  return `${what}${place === null ? '' : ` in line ${place}`}: ${error.message}`;
};

const missing = (message: string, file: string): string =>
  message.startsWith(`Cannot find module '${file}'`) ? 'There is no such file.' : `It imports what is not there: ${message}`;

const placeIn = (stack: string, file: string): string | null => {
  const url = pathToFileURL(file).href;
  const at = [url, file].map((name) => stack.indexOf(`${name}:`)).find((index) => index !== -1);
  if (at === undefined) return null;
  return /:(\d+)/.exec(stack.slice(at + (stack.startsWith(url, at) ? url.length : file.length)))?.[1] ?? null;
};
