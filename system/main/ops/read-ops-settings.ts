// The variables that `npm run ops` reads. Of the shell's others it knows nothing: they may be for the harness, or for a process of the system.
import { settings } from '../../contract/environment.ts';
import { type Environment, parseSettings } from '../../contract/parse-settings.ts';
import { OpsError } from './ops-error.ts';

const names: readonly string[] = [settings.databaseUrl.name, settings.apiKey.name];

export const readOpsSettings = (environment: Environment): { readonly databaseUrl: string | null; readonly apiKey: string | null } => {
  const ours = Object.fromEntries(names.map((name) => [name, environment[name]]));
  const parsed = parseSettings('ops', ours);
  if (parsed.problems !== null) throw new OpsError(parsed.problems.map(({ message }) => message).join('\n'));
  return { databaseUrl: parsed.settings.databaseUrl, apiKey: parsed.settings.apiKey };
};
