// The package as a team would have it: packed, unpacked into a project of theirs outside of the source tree, with its dependencies beside it. Nothing is
// fetched: the dependencies are those that are installed here.
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const root = join(import.meta.dirname, '../..');

type Ended = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

export type InstalledPackage = AsyncDisposable & {
  /** A copy of the example, ready to be built and run. */
  readonly folder: string;
  /** Runs a program of its node_modules/.bin there. */
  run(program: string, parameters: readonly string[]): Promise<Ended>;
};

export type PackedPackage = AsyncDisposable & { install(example: string): Promise<InstalledPackage> };

/** `npm pack` compiles it, by its prepack script. */
export const packPackage = async (): Promise<PackedPackage> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-packed-'));
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  const [{ filename }] = JSON.parse(stdout) as [{ readonly filename: string }];
  return {
    install: (example) => installPackage(example, join(folder, filename)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
};

const installPackage = async (example: string, file: string): Promise<InstalledPackage> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-package-'));
  const dispose = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    await cp(join(root, 'examples', example), folder, { recursive: true, filter: (path) => !/\/(dist|runs|node_modules)$/.test(path) });
    await linkDependencies(join(folder, 'node_modules'));
    await unpack(folder, file);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    folder,
    run: async (program, parameters) => {
      const ended = await execa(join(folder, 'node_modules/.bin', program), [...parameters], {
        cwd: folder,
        reject: false,
        stdin: 'ignore',
      });
      return { exitCode: ended.exitCode ?? null, stdout: ended.stdout, stderr: ended.stderr };
    },
    [Symbol.asyncDispose]: dispose,
  };
};

const linkDependencies = async (into: string): Promise<void> => {
  await mkdir(join(into, '.bin'), { recursive: true });
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name.startsWith('.')) continue;
    await symlink(join(root, 'node_modules', name), join(into, name), 'dir');
  }
  // Whatever Node there is starts the package's command: `node` itself is not among these.
  await symlink(join(root, 'node_modules/.bin/tsc'), join(into, '.bin/tsc'));
};

const unpack = async (folder: string, file: string): Promise<void> => {
  const home = join(folder, 'node_modules/faultline');
  await mkdir(home);
  await execa('tar', ['-xzf', file, '--strip-components=1', '-C', home]);
  await symlink('../faultline/bin/faultline.js', join(folder, 'node_modules/.bin/faultline'));
};
