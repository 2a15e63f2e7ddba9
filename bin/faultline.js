#!/usr/bin/env node
// The installed command. It is plain JavaScript that Node 20 runs: where that is what there is, it goes on with the Node that npm brought, on which all is tested.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const leastMajor = 24;

/** The binary of the package for this platform; null where npm brought none. */
const broughtNode = () => {
  const { platform, arch } = process;
  const names = [`node-${platform}-${arch}`, `node-bin-${platform}-${arch}`, `node-win-${arch}`];
  const require = createRequire(import.meta.url);
  for (const name of names) {
    try {
      const folder = dirname(require.resolve(`${name}/package.json`));
      return join(folder, 'bin', platform === 'win32' ? 'node.exe' : 'node');
    } catch {
      // Not the package of this platform.
    }
  }
  return null;
};

const goOnWith = (node) => {
  const child = spawn(node, [import.meta.filename ?? new URL(import.meta.url).pathname, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    process.stderr.write(`FL_USAGE: the Node that npm brought could not be started: ${error.message}\n`);
    process.exitCode = 3;
  });
  child.once('exit', (code) => {
    process.exitCode = code ?? 3;
  });
};

if (Number(process.versions.node.split('.')[0]) >= leastMajor) {
  await import('../dist/harness/cli/faultline.js');
} else {
  const node = broughtNode();
  if (node !== null) goOnWith(node);
  else {
    process.stderr.write(
      `FL_USAGE: faultline needs Node ${leastMajor} or later, and npm brought none for ${process.platform}-${process.arch}\n`,
    );
    process.exitCode = 3;
  }
}
