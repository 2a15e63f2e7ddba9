// How a reader calls a command of ours: in a checkout by npm's script, where the package is installed by its bin.
import { extname } from 'node:path';

const isCompiled = extname(import.meta.url) === '.js';

/** `npm run judge -- …`, or `npx faultline judge …`. */
export const ownCommand = (name: 'judge' | 'verify' | 'load' | 'stack', parameters: string): string =>
  isCompiled ? `npx faultline ${name} ${parameters}` : `npm run ${name} -- ${parameters}`;
