// Before anything is measured, the disk writes what others have left to it: after an installation the kernel writes hundreds of megabytes half a minute
// later, and each commit of the system under test would wait for them.
import { execa } from 'execa';

const withinMs = 20_000;

/** Resolves when it is done, or its time is up, which is said. Where there is no such program the run begins as it is. */
export const settleDisk = async (say: (text: string) => void, signal: AbortSignal): Promise<void> => {
  const { timedOut } = await execa('sync', { timeout: withinMs, reject: false, cancelSignal: signal, stdio: 'ignore' });
  if (timedOut) say(`the disk still writes for others after ${withinMs / 1000} s: what waits for it may be slow`);
};
