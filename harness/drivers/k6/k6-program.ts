// How k6 is run: as a program of this machine, or in a container that has the machine's network and sees its files under the same paths.

export type K6Call = {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Those that it reads and writes, as absolute paths. */
  readonly folders: readonly string[];
};

export type K6Command = {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

export type K6Program = {
  commandFor(call: K6Call): K6Command;
  /** The process that sends, where it is another one than that of the command; null: it can't be told. */
  pid?(): Promise<number | null>;
  /** Whatever is left of it once the command has ended. */
  remove?(): Promise<void>;
};

export const k6AsProgram = (path: string): K6Program => ({
  commandFor: ({ args, environment }) => ({ command: path, args, environment }),
});

export type K6ContainerOptions = {
  readonly image: string;
  /** No two that run at once have the same. */
  readonly container: string;
  /** By it whoever tidies up finds the container. */
  readonly project: string;
  /** What it writes belongs to whom: `uid:gid`. */
  readonly user: string;
};

/** Nothing of the harness's environment comes in but what is named, and no other file. */
export const k6ContainerCommand = (options: K6ContainerOptions, { args, environment, folders }: K6Call): K6Command => ({
  command: 'docker',
  args: [
    'run',
    ...identityOf(options),
    ...folders.flatMap((folder) => ['--volume', `${folder}:${folder}`]),
    ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    options.image,
    ...args,
  ],
  environment: {},
});

const identityOf = ({ container, project, user }: K6ContainerOptions): readonly string[] => [
  '--rm',
  '--name',
  container,
  '--label',
  `com.docker.compose.project=${project}`,
  '--network',
  'host',
  '--user',
  user,
];
