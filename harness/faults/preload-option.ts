// The environment that makes a Node process load a module of ours before its own program, in each of its threads.
import { pathToFileURL } from 'node:url';

export const preload = (module: string, settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import ${pathToFileURL(module).href}`,
  ...settings,
});
