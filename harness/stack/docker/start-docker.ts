// The docker runtime: docker-compose.observability.yml under a project name of the run's own, on ports of its own. It goes with all that it made.
import { askVersions } from '../ask-versions.ts';
import { awaitStack, noteTimes } from '../await-stack.ts';
import { countDropped } from '../count-dropped.ts';
import { freePorts } from '../free-ports.ts';
import { type LocalPorts, localEndpoints, readyUrl } from '../local-endpoints.ts';
import type { RunningStack, StackEndpoints } from '../running-stack.ts';
import type { StackOptions } from '../stack-options.ts';
import { stackParts, versionWarnings } from '../tested-versions.ts';
import { type Container, openContainer } from './container.ts';
import { composeUp } from './compose-up.ts';
import { findDocker } from './docker-command.ts';
import { projectOf, removeCommand, removeProject } from './remove-project.ts';

const readyWithinMs = 120_000;
const visibleWithinMs = 15_000;

const portNames = [...stackParts, 'tempoOtlp'] as const;

/** Everything is gone again when this rejects. */
export const startDocker = async (options: StackOptions): Promise<RunningStack> => {
  const { registry, without = [], clock } = options;
  const docker = await findDocker(options.environment);
  const parts = stackParts.filter((part) => !without.includes(part));
  const project = projectOf(registry.run);
  const ports = await choosePorts(options);
  await using undo = new AsyncDisposableStack();
  registry.addProject(project);
  undo.defer(async () => {
    if (await removeProject(project)) return;
    const left = `the containers of ${project} could not be removed: the engine refused, or did not answer in time`;
    options.warn?.(`${left}; they keep their ports and memory. Once it answers, remove them with: ${removeCommand(project)}`);
  });
  const beganAt = clock.now();
  await composeUp({ docker, project, parts, ports }, options);
  const containers = await Promise.all(parts.map((part) => openContainer(docker, part, project, options)));
  undo.defer(async () => void (await Promise.all(containers.map(({ log }) => log.stop()))));
  const endpoints = localEndpoints(ports, parts);
  const { times, onReady } = noteTimes(options);
  onReady('containers', clock.now() - beganAt);
  const awaited = containers.map(({ part, log, exited }) => ({
    name: part,
    readyUrl: readyUrl(ports, part),
    logFile: log.logFile,
    exited,
  }));
  await awaitStack({ parts: awaited, endpoints, readyWithinMs, visibleWithinMs, onReady }, options);
  const versions = await versionsOf(containers, endpoints);
  const stack = undo.move();
  return {
    runtime: 'docker',
    endpoints,
    access: {},
    processes: containers.flatMap(({ process }) => process ?? []),
    versions,
    readyAfterMs: times,
    warnings: [...versionWarnings(versions), ...without.map((part) => `${part} is left out, as asked`)],
    visibleWithinMs,
    exited: Promise.race(containers.map(({ part, exited }) => exited.then(() => part))),
    dropped: countDropped(endpoints),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
};

const choosePorts = async ({ ports = {} }: StackOptions): Promise<LocalPorts> => {
  const free = await freePorts(portNames.length, Math.random);
  return { ...(Object.fromEntries(portNames.map((name, index) => [name, free[index]])) as LocalPorts), ...ports };
};

/** As they say themselves; one that does not is taken by its image's tag. */
const versionsOf = async (containers: readonly Container[], endpoints: StackEndpoints): Promise<Readonly<Record<string, string>>> => {
  const said: Readonly<Record<string, string>> = await askVersions({ endpoints, access: {} });
  return Object.fromEntries(
    containers.map(({ part, image }) => {
      const version = said[part] ?? 'unknown';
      const tag = /:v?(\d+\.\d+[\w.-]*)$/.exec(image)?.[1];
      return [part, version === 'unknown' ? (tag ?? version) : version];
    }),
  );
};
