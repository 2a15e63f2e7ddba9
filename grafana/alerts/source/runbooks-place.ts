// Where the links of alerts lead: a folder or a URL, as whoever generates the rules gives it. The page of an alert is right below it.
import { parseArgs } from 'node:util';

/** The folder of the repository. */
export const ownRunbooks = 'docs/runbooks/';

/** Throws what to say to whoever gave it. */
export const readRunbooksPlace = (parameters: readonly string[]): string => {
  const { values } = parseArgs({ args: [...parameters], options: { runbooks: { type: 'string', default: ownRunbooks } } });
  const { runbooks } = values;
  if (runbooks === '' || /\s/.test(runbooks) || /[?#]/.test(runbooks))
    throw new Error(`--runbooks ${JSON.stringify(runbooks)} is no folder or URL below which the pages of alerts could be`);
  return runbooks.endsWith('/') ? runbooks : `${runbooks}/`;
};
