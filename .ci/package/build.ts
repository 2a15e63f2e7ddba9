// `npm pack` and `npm install` from a folder call this: compiles the package into dist/, and puts beside the code what it reads at run time. Node does not
// strip types below node_modules, so an installed package has to be JavaScript.
import { cp, glob, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const root = join(import.meta.dirname, '../..');
const dist = join(root, 'dist');

/** Read at run time: SQL, styles, rules, dashboards, configurations; and the page's own TypeScript, whose types are stripped as it is served. */
const assets = [
  'package.json',
  'docker-compose.observability.yml',
  'system/**/*.sql',
  'harness/**/*.{css,client.js}',
  'harness/{dashboards,stack/embedded/page/{browser,logic}}/**/*.ts',
  'grafana/**/*.{yml,json,ini}',
  'docs/runbooks/**/*.md',
];
const isLeftOut = (path: string): boolean => /\.test\.|(^|\/)(testing|fixtures|tests)(\/|\.ts$)/.test(path);

const copyAssets = async (): Promise<number> => {
  let copied = 0;
  for await (const path of glob(assets, { cwd: root, exclude: (name) => name === 'node_modules' })) {
    if (isLeftOut(path)) continue;
    await mkdir(dirname(join(dist, path)), { recursive: true });
    await cp(join(root, path), join(dist, path));
    copied += 1;
  }
  return copied;
};

await rm(dist, { recursive: true, force: true });
await execa('tsc', ['--project', 'tsconfig.package.json'], { cwd: root, preferLocal: true, localDir: root, stdio: ['ignore', 2, 2] });
// npm shows stdout of this as its own: what there is to say goes to stderr.
process.stderr.write(`${await copyAssets()} files beside the code\n`);
