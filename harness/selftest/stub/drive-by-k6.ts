// k6 against the stub, in place of our own driver.
import { join } from 'node:path';
import { startK6Driver } from '../../drivers/k6/driver.ts';
import { findK6 } from '../../drivers/k6/find-k6.ts';
import { k6AsProgram } from '../../drivers/k6/k6-program.ts';
import { spawnK6Plainly } from '../../drivers/k6/spawn-plainly.ts';
import type { StartStubDriver } from './drive-stub.ts';

/** More than a second of the rates that are asked for: a target that is frozen for so long makes nobody late. */
const users = 300;

export const byK6: StartStubDriver = ({ source, plan, traffic, url, historyFile, folder }) =>
  startK6Driver({
    program: k6AsProgram(findK6(process.env)),
    folder: join(folder, 'k6'),
    spawn: spawnK6Plainly(folder),
    metrics: null,
    source,
    plan: traffic,
    seed: plan.seed,
    url,
    historyFile,
    users,
    script: null,
    dialect: {},
    definiteRefusals: [],
    signal: new AbortController().signal,
  });
