// Starts the process of the HTTP driver.
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Driver, type DriverStart, startDriver } from '../start-driver.ts';
import type { DriverJob } from './protocol.ts';

export type HttpDriverOptions = Omit<DriverJob, 'type' | keyof typeof defaults> &
  Partial<Pick<DriverJob, keyof typeof defaults>> &
  DriverStart;

export type HttpDriver = Driver;

export const driverFile = fileURLToPath(new URL(`process${extname(import.meta.url)}`, import.meta.url));
/** Codes of a 503 of the contract that promise that nothing was stored. */
export const contractRefusals: readonly string[] = ['overloaded', 'disk_budget_used', 'shutting_down', 'storage_unavailable'];
const defaults: Pick<
  DriverJob,
  'timeoutMs' | 'connections' | 'definiteRefusals' | 'targetFile' | 'share' | 'retry' | 'batch' | 'credentials'
> = {
  timeoutMs: 10_000,
  connections: 1024,
  definiteRefusals: contractRefusals,
  targetFile: null,
  share: { index: 0, of: 1 },
  retry: null,
  batch: null,
  credentials: null,
};

/** Resolves when the process has planned its traffic and waits for `go`. */
export const startHttpDriver = ({ onProgress, spawn, ...options }: HttpDriverOptions): Promise<HttpDriver> =>
  startDriver(
    { name: 'HTTP', file: driverFile, job: { type: 'job', ...defaults, ...options } satisfies DriverJob },
    { ...(onProgress === undefined ? {} : { onProgress }), ...(spawn === undefined ? {} : { spawn }) },
  );
