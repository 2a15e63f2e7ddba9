// Names what earlier runs have left behind. Nothing of it is touched: only who started it knows whether it may go.
import type { unfinishedRuns } from '../engine/preflight.ts';
import { removeCommand } from '../stack/docker/remove-project.ts';
import type { Leftovers } from '../stack/find-stale.ts';

type Unfinished = Awaited<ReturnType<typeof unfinishedRuns>>;

const shown = 5;

export const leftoverWarnings = ({ stale, running }: Leftovers, unfinished: Unfinished): readonly string[] => {
  const going = new Set(running.map(({ run }) => run));
  const processes = stale.filter((entry) => entry.kind === 'process');
  const projects = stale.filter((entry) => entry.kind === 'project');
  const mounts = stale.filter((entry) => entry.kind === 'mount');
  const folders = stale.filter((entry) => entry.kind === 'folder');
  const halves = unfinished.filter(({ path }) => !going.has(path.split('/').at(-1) ?? ''));
  return [
    ...running.map(({ run, pid }) => `run ${run} is under way (pid ${pid}); this one uses ports and folders of its own`),
    ...some(
      processes,
      ({ role, pid, run }) => `${role} (pid ${pid}) of run ${run} still runs, though its harness is gone; end it with: kill ${pid}`,
    ),
    ...some(
      projects,
      ({ name, run }) =>
        `containers, volumes or networks of ${name} are left over from run ${run}; remove them with: ${removeCommand(name)}`,
    ),
    // Before the folder that it is mounted on.
    ...some(mounts, ({ path, run }) => `a disk of run ${run} is still mounted on ${path}; take it away with: umount ${path}`),
    ...some(folders, ({ path, run }) => `${path} is left over from run ${run}, whose harness is gone; remove it with: rm -r ${path}`),
    ...some(
      halves,
      ({ path, manifest }) =>
        `${path} is ${manifest === null ? 'no finished run (it has no readable run.json)' : 'half-finished: its harness was killed'}`,
    ),
  ];
};

const some = <Item>(items: readonly Item[], sentence: (item: Item) => string): readonly string[] => [
  ...items.slice(0, shown).map(sentence),
  ...(items.length > shown ? [`… and ${items.length - shown} more of the kind`] : []),
];
