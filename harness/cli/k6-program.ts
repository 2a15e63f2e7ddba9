// The k6 that sends a scenario's traffic: the program where it is, a container where there is an engine to run it, and else an error that says what to do.
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { k6Missing, lookForK6 } from '../drivers/k6/find-k6.ts';
import { k6AsProgram, k6ContainerCommand, type K6Program } from '../drivers/k6/k6-program.ts';
import { dockerEnvironment, type Environment } from '../stack/docker/docker-command.ts';
import { projectOf } from '../stack/docker/remove-project.ts';
import type { ProcessRegistry } from '../stack/process-registry.ts';

/** The version that the generated script was seen to work with. */
const usualImage = 'grafana/k6:1.8.0';

export type FoundK6 = { readonly path: string } | { readonly image: string };

/** Rejects with FL_DRIVER_FAILED where there is neither. */
export const findK6 = async (environment: Environment): Promise<FoundK6> => {
  const path = lookForK6(environment);
  if (path !== null) return { path };
  const isNamed = (environment['FAULTLINE_K6'] ?? '') !== '';
  if (isNamed || (await docker(environment, ['version', '--format', '{{.Server.Version}}'])) === null)
    throw k6Missing(environment, ', or start a Docker engine for a container of it');
  return { image: environment['FAULTLINE_K6_IMAGE'] ?? usualImage };
};

/** A container outlives the harness that is killed: its project is on record, and the reaper removes it. */
export const openK6 = async (environment: Environment, registry: Pick<ProcessRegistry, 'run' | 'addProject'>): Promise<K6Program> => {
  const found = await findK6(environment);
  if ('path' in found) return k6AsProgram(found.path);
  const project = projectOf(registry.run);
  const container = `${project}-k6-${process.pid}`;
  registry.addProject(project);
  return {
    commandFor: (call) => k6ContainerCommand({ image: found.image, container, project, user: userOfThisProcess() }, call),
    pid: async () => pidOnThisMachine((await docker(environment, ['inspect', '--format', '{{.State.Pid}}', container])) ?? ''),
    remove: async () => void (await docker(environment, ['rm', '--force', container])),
  };
};

const docker = async (environment: Environment, args: readonly string[]): Promise<string | null> => {
  const { failed, stdout } = await execa('docker', [...args], {
    env: dockerEnvironment(environment),
    extendEnv: false,
    reject: false,
    timeout: 30_000,
    stdin: 'ignore',
  });
  return failed ? null : `${stdout}`.trim();
};

const userOfThisProcess = (): string => `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

/** An engine in a virtual machine gives numbers that are other processes here. */
const pidOnThisMachine = async (text: string): Promise<number | null> => {
  const name = await readFile(`/proc/${Number(text)}/comm`, 'utf8').catch(() => '');
  return name.startsWith('k6') ? Number(text) : null;
};
