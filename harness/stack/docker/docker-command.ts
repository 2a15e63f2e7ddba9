// The docker command: found, its engine reached, compose there; each said by name with what to do where it is not.
import { execa } from 'execa';
import { HarnessError } from '../../engine/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Docker = {
  /** The words before a compose command: `docker compose`, or the program of older days. */
  readonly compose: readonly [command: string, ...args: string[]];
  /** Runs `docker …` and gives its standard output; rejects with a HarnessError that has what it said. */
  run(...args: readonly string[]): Promise<string>;
};

const timeout = 30_000;

/** A variable of the harness's own must not change what compose makes of the file. */
export const dockerEnvironment = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || /^(FAULTLINE_|COMPOSE_)/.test(name) ? [] : [[name, value]],
    ),
  );

type Answer = { readonly ok: boolean; readonly missing: boolean; readonly stdout: string; readonly said: string };

const attempt = async (environment: Environment, command: string, args: readonly string[]): Promise<Answer> => {
  const { failed, code, stdout, stderr, shortMessage } = await execa(command, [...args], {
    env: dockerEnvironment(environment),
    extendEnv: false,
    reject: false,
    timeout,
    stdin: 'ignore',
  });
  const said = `${stderr}`.trim().split('\n').slice(-3).join('\n') || (shortMessage ?? '');
  return { ok: !failed, missing: code === 'ENOENT', stdout: `${stdout}`.trim(), said };
};

const otherwise = 'or use another runtime: --runtime embedded needs nothing, --runtime native no Docker';

const fail = (message: string): HarnessError => new HarnessError('FL_STACK_FAILED', message);

export const findDocker = async (environment: Environment): Promise<Docker> => {
  const [engine, plugin] = await Promise.all([
    attempt(environment, 'docker', ['version', '--format', '{{.Server.Version}}']),
    attempt(environment, 'docker', ['compose', 'version']),
  ]);
  if (engine.missing) throw fail(`the docker runtime found no docker on PATH; install Docker Engine with its compose plugin, ${otherwise}`);
  if (!engine.ok)
    throw fail(`no Docker engine answers: ${engine.said}\nStart it (or let DOCKER_HOST name it, or join its group), ${otherwise}`);
  const standalone = plugin.ok ? null : await attempt(environment, 'docker-compose', ['version']);
  if (standalone !== null && !standalone.ok)
    throw fail(`there is Docker, but neither docker compose nor docker-compose; install the compose plugin, ${otherwise}`);
  return {
    compose: plugin.ok ? ['docker', 'compose'] : ['docker-compose'],
    run: async (...args) => {
      const { ok, stdout, said } = await attempt(environment, 'docker', args);
      if (!ok) throw fail(`docker ${args.join(' ')} failed: ${said}`);
      return stdout;
    },
  };
};
