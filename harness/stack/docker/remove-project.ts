// Removes all that a compose project of ours left in the engine: containers, volumes, networks. By label, so that it needs no compose file:
// the reaper does it too, when the harness is gone.
import { execa } from 'execa';

/** Only a project with such a name is ever removed. */
export const isOurProject = (name: string): boolean => /^faultline-run-[a-z0-9-]+$/.test(name);

export const projectOf = (run: string): string => `faultline-run-${run.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-')}`;

const timeout = 30_000;
const askedWithinMs = 5_000;

const kinds = [
  { list: ['ps', '--all', '--quiet'], remove: ['rm', '--force', '--volumes'] },
  { list: ['volume', 'ls', '--quiet'], remove: ['volume', 'rm', '--force'] },
  { list: ['network', 'ls', '--quiet'], remove: ['network', 'rm'] },
] as const;

const docker = async (args: readonly string[], withinMs = timeout): Promise<string | null> => {
  const { failed, stdout } = await execa('docker', [...args], { reject: false, timeout: withinMs, stdin: 'ignore' });
  return failed ? null : `${stdout}`.trim();
};

/** For whoever does it by hand. */
export const removeCommand = (project: string): string => `docker compose --project-name ${project} down --volumes`;

/** Of any kind; null where the engine could not be asked. Bounded by far less than a removal: who asks waits to begin with something else. */
export const projectsLeft = async (): Promise<ReadonlySet<string> | null> => {
  const format = '{{.Label "com.docker.compose.project"}}';
  const lists = [
    ['ps', '--all'],
    ['volume', 'ls'],
    ['network', 'ls'],
  ];
  const filter = ['--filter', 'label=com.docker.compose.project', '--format', format];
  const found = await Promise.all(lists.map((list) => docker([...list, ...filter], askedWithinMs)));
  return found.includes(null) ? null : new Set(found.flatMap((names) => names?.split('\n') ?? []));
};

/** False where the engine did not do it, or could not be asked. */
export const removeProject = async (project: string): Promise<boolean> => {
  if (!isOurProject(project)) return false;
  let removed = true;
  for (const { list, remove } of kinds) {
    const ids = await docker([...list, '--filter', `label=com.docker.compose.project=${project}`]);
    const found = ids === null ? null : ids.split('\n').filter(Boolean);
    const gone = found !== null && (found.length === 0 || (await docker([...remove, ...found])) !== null);
    removed &&= gone;
  }
  return removed;
};
