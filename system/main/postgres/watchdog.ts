// Ends the server when this process is killed in a way that it can't see: a shell that waits for the end of a pipe only we hold.
// A shell, because it must cost no memory to speak of. Windows has none, and there this is left out.
import { spawn } from 'node:child_process';

// SIGINT is PostgreSQL's fast shutdown. The server has a second name in /proc, so that a number used again is not hit.
const script = `cat >/dev/null
if [ ! -d /proc/self ] || [ "$(readlink "/proc/$1/cwd")" = "$2" ]; then kill -INT "$1" 2>/dev/null; fi`;

export const startWatchdog = (postmasterPid: number, cluster: string): Disposable => {
  if (process.platform === 'win32') return { [Symbol.dispose]: () => undefined };
  // A session of its own: Ctrl-C and a closed terminal must not end it before us.
  const shell = spawn('/bin/sh', ['-c', script, 'faultline-postgres-watchdog', String(postmasterPid), cluster], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  shell.on('error', () => undefined);
  shell.unref();
  return { [Symbol.dispose]: () => void shell.kill('SIGKILL') };
};
