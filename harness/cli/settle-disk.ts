// Before anything is measured, the disk writes what others have left to it: after an installation the kernel writes hundreds of megabytes half a minute
// later, and each commit of the system under test would wait for them.
import { execa } from 'execa';

const withinMs = 20_000;

/** Resolves when it is done, when its time is up, or where there is no such program: then the run begins as it is. */
export const settleDisk = async (signal: AbortSignal): Promise<void> => {
  await execa('sync', { timeout: withinMs, reject: false, cancelSignal: signal, stdio: 'ignore' });
};
