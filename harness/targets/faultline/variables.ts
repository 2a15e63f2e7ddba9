// The system's own variables, by name: a user may have them set for `npm start` while the harness runs.
import { settings } from '../../../system/contract/environment.ts';

export const systemVariables: readonly string[] = Object.values(settings).map(({ name }) => name);
