// Starts the process of the UDP driver: the same plan as by HTTP, in datagrams that nobody answers.
import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Driver, type DriverStart, startDriver } from '../start-driver.ts';
import type { UdpJob, UdpSummary } from './protocol.ts';

export type UdpDriverOptions = Omit<UdpJob, 'type' | 'boot' | 'share' | 'batch'> &
  Partial<Pick<UdpJob, 'boot' | 'share' | 'batch'>> &
  DriverStart;

const driverFile = fileURLToPath(new URL(`process${extname(import.meta.url)}`, import.meta.url));

/** Resolves when the process has planned its traffic and waits for `go`. */
export const startUdpDriver = ({ onProgress, spawn, ...options }: UdpDriverOptions): Promise<Driver<UdpSummary>> => {
  const job: UdpJob = { type: 'job', boot: randomUUID(), share: { index: 0, of: 1 }, batch: null, ...options };
  return startDriver<UdpSummary>(
    { name: 'UDP', file: driverFile, job },
    { ...(onProgress === undefined ? {} : { onProgress }), ...(spawn === undefined ? {} : { spawn }) },
  );
};
