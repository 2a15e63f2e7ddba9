// --target FILE: loads a target file, and makes of it what the commands work with.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../engine/clock.ts';
import { explain, HarnessError } from '../engine/errors.ts';
import type { ProcessRole } from '../scenario/scenario.ts';
import type { TargetDefinition } from '../targets/definition.ts';
import { startPostgres } from '../targets/faultline/postgres-server.ts';
import { createForeignTarget } from '../targets/foreign/foreign-target.ts';
import { defineTarget } from '../targets/foreign/define-target.ts';
import type { TargetFile } from '../targets/foreign/target-file.ts';
import { lacksBeside } from '../targets/offers.ts';

export const loadTarget = async (path: string, systemFolder: string, clock: Clock): Promise<TargetDefinition> =>
  toDefinition(await importTarget(path), path, systemFolder, clock);

const importTarget = async (path: string): Promise<TargetFile> => {
  try {
    const { default: target } = (await import(pathToFileURL(path).href)) as { readonly default?: TargetFile };
    if (target === undefined) throw new HarnessError('FL_TARGET_FILE', `${path} has no default export`);
    return defineTarget(target);
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    throw new HarnessError('FL_TARGET_FILE', `${path} cannot be loaded: ${explain(error)}`, { cause: error });
  }
};

const none: Readonly<Record<ProcessRole, number>> = { ingest: 0, worker: 0, query: 0 };
const many: Readonly<Record<ProcessRole, number>> = { ingest: 16, worker: 16, query: 16 };

const toDefinition = (file: TargetFile, path: string, systemFolder: string, clock: Clock): TargetDefinition => {
  const lacks = lacksBeside(file.offers, file.lacks);
  return {
    name: file.name,
    lacks,
    processes: { usual: { ...none, ...(file.processes ?? { ingest: 1 }) }, least: none, most: many },
    measures: file.measures ?? {},
    signals: null,
    alerts: null,
    dashboardsFolder: null,
    ...(file.send === undefined ? {} : { sendFile: path }),
    ...(file.send?.definiteRefusals === undefined ? {} : { definiteRefusals: file.send.definiteRefusals }),
    open: async (helper) => {
      const { registry, logFolder, signal } = helper;
      const server =
        file.postgres === true ? await startPostgres({ systemFolder, registry, logFile: join(logFolder, 'postgres.log'), signal }) : null;
      return {
        role: server === null ? file.name : 'postgres',
        pid: server?.launcherPid ?? null,
        target: createForeignTarget({ file, path, lacks, serverUrl: server?.url ?? null, registry, clock }),
        [Symbol.asyncDispose]: async () => server?.[Symbol.asyncDispose](),
      };
    },
  };
};
