// For tests of faults: a container with a small server in it, of an image that is built here from nothing but our own Node: a registry is not asked.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const hasEngine = (): boolean => {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 });
    return process.platform === 'linux';
  } catch {
    return false;
  }
};

const program = `require('node:http').createServer((_, answer) => answer.end('up')).listen(8080, () => console.log('listening'));`;
const dockerfile = 'FROM scratch\nCOPY root/ /\nENTRYPOINT ["/node", "/server.cjs"]\n';
const image = `faultline-test-node:${process.pid}`;
const askWithinMs = 500;

/** Node, the libraries that it is linked with, and a server. */
const writeContext = async (folder: string): Promise<void> => {
  const node = await realpath(process.execPath);
  const libraries = execFileSync('ldd', [node], { encoding: 'utf8' }).match(/\/\S+\.so[.\d]*/g) ?? [];
  await mkdir(join(folder, 'root'));
  await copyFile(node, join(folder, 'root', 'node'));
  for (const library of libraries) {
    const place = join(folder, 'root', library);
    await mkdir(dirname(place), { recursive: true });
    await copyFile(await realpath(library), place);
  }
  await writeFile(join(folder, 'root', 'server.cjs'), program);
  await writeFile(join(folder, 'Dockerfile'), dockerfile);
};

export type NodeContainer = AsyncDisposable & {
  readonly id: string;
  /** By the engine's own command. */
  docker(...parameters: readonly string[]): void;
  answers(): Promise<boolean>;
};

/** The reaper of testcontainers is an image that a registry would have to give: TESTCONTAINERS_RYUK_DISABLED must be set; what is started here is ended here. */
export const startNodeContainer = async (): Promise<NodeContainer> => {
  const { GenericContainer, Wait } = await import('testcontainers');
  const folder = await mkdtemp(join(tmpdir(), 'faultline-test-image-'));
  try {
    await writeContext(folder);
    const built = await GenericContainer.fromDockerfile(folder).build(image, { deleteOnExit: false });
    const started = await built.withExposedPorts(8080).withWaitStrategy(Wait.forLogMessage('listening')).start();
    const id = started.getId();
    return {
      id,
      docker: (...parameters) => void execFileSync('docker', [...parameters], { stdio: 'ignore' }),
      answers: () => answersOn(id),
      [Symbol.asyncDispose]: async () => {
        await started.stop();
        execFileSync('docker', ['rmi', '--force', image], { stdio: 'ignore' });
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** A port that the engine chose may be another after a new start. */
const answersOn = async (id: string): Promise<boolean> => {
  try {
    const told = execFileSync('docker', ['port', id, '8080'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const port = told.trim().split('\n')[0]?.split(':').at(-1);
    return (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(askWithinMs) })).ok;
  } catch {
    return false;
  }
};
