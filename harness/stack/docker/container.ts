// A container of the stack: its log followed into a file, its end noticed, its process found where this machine runs it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampledProcess } from '../../engine/machine/sampler.ts';
import { spawnProcess, type SpawnedProcess } from '../processes.ts';
import type { StackOptions } from '../stack-options.ts';
import type { StackPart } from '../tested-versions.ts';
import { type Docker, dockerEnvironment } from './docker-command.ts';

export type Container = {
  readonly part: StackPart;
  readonly id: string;
  /** The tag that it was made from. */
  readonly image: string;
  /** Follows its log; ends when the container does. */
  readonly log: SpawnedProcess;
  /** Resolves when it has ended, to how. */
  readonly exited: Promise<string>;
  /** null where its process is not one of this machine. */
  readonly process: SampledProcess | null;
};

export const openContainer = async (docker: Docker, part: StackPart, project: string, options: StackOptions): Promise<Container> => {
  const labels = [`label=com.docker.compose.project=${project}`, `label=com.docker.compose.service=${part}`];
  const [id = ''] = (await docker.run('ps', '--all', '--quiet', ...labels.flatMap((label) => ['--filter', label]))).split('\n');
  const [image = '', pid = '0'] = (await docker.run('inspect', '--format', '{{.Config.Image}} {{.State.Pid}}', id)).split(' ');
  const log = await spawnProcess({
    command: 'docker',
    args: ['logs', '--follow', id],
    env: dockerEnvironment(options.environment),
    role: `${part} log`,
    logFile: join(options.logFolder, `${part}.log`),
    registry: options.registry,
    failure: 'FL_STACK_FAILED',
  });
  const exited = log.exited.then(() => howItEnded(docker, id));
  return { part, id, image, log, exited, process: (await isOn(part, Number(pid))) ? { role: part, pid: Number(pid) } : null };
};

const howItEnded = async (docker: Docker, id: string): Promise<string> => {
  try {
    const [code, killed] = (await docker.run('inspect', '--format', '{{.State.ExitCode}} {{.State.OOMKilled}}', id)).split(' ');
    return killed === 'true' ? 'was killed by its memory limit' : `ended with code ${code}`;
  } catch {
    // Removed meanwhile, or the engine is gone.
    return 'is gone';
  }
};

/** An engine in a virtual machine gives numbers that are other processes here. */
const isOn = async (part: StackPart, pid: number): Promise<boolean> => {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  return pid > 1 && name.startsWith(part);
};
