// Traffic that k6 sends: `driver: k6({ users: 200, script: new URL('./checkout.k6.js', import.meta.url) })`.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../engine/errors.ts';
import type { K6Sender } from './scenario.ts';

export type K6Options = {
  /** Virtual users: as many as there may be events underway at once, and some that already wait for the next ones. */
  readonly users: number;
  /** Sends one event, where that is not an HTTP request with the body of the plan. */
  readonly script?: string | URL;
};

export const k6 = ({ users, script }: K6Options): K6Sender => {
  if (script === undefined) return { kind: 'k6', users };
  const path = resolve(script instanceof URL ? fileURLToPath(script) : script);
  if (!existsSync(path)) throw new HarnessError('FL_SCENARIO_INVALID', `there is no script ${path} for k6`);
  return { kind: 'k6', users, script: path };
};
