// What became of a job, in words, and the exit code that says the same.
import type { RehearsedEvent } from '../../contract/recovery.ts';
import { type Command, type Job, placeName } from './answers.ts';
import { exitCodes } from './exit-codes.ts';
import { shown } from './table.ts';

const words: Readonly<Record<string, string>> = {
  replayed: 'replayed',
  failed_again: 'failed again',
  discarded: 'discarded',
  fixed: 'fixed',
  unchanged: 'left unchanged',
  rehearsed: 'tried without writing',
  gone: 'left alone: no dead letter any more, or its version is retired',
};

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** One line a dead letter that is worth one, and the sums. */
export const describeJob = (job: Job): string => {
  const lines = job.commands.flatMap(describeCommand);
  const outcomes = Object.entries(job.outcomes).map(([outcome, count]) => `${count} ${words[outcome] ?? outcome}`);
  const open = job.open === 0 ? [] : [`${job.open} not done yet`];
  const events = job.events === 0 ? '' : ` (${plural(job.events, 'event')})`;
  const sums = outcomes.length + open.length === 0 ? 'nothing was left to do' : `${[...outcomes, ...open].join(', ')}${events}`;
  return `${[...lines, sums].join('\n')}\n`;
};

const describeCommand = (command: Command): readonly string[] => {
  const name = `${placeName(command)}  ${shown(command.system_name)} ${shown(command.object_id)}`;
  if (command.outcome === null) return [];
  if (command.outcome === 'rehearsed') return rehearsalLines(name, command);
  const { changed = 0, unchanged = 0, refused = 0, refusals = [] } = command.result ?? {};
  const counts = command.result?.changed === undefined ? '' : `: ${changed} changed, ${unchanged} unchanged, ${refused} refused`;
  const events = command.events === 0 || counts !== '' ? '' : ` (${plural(command.events, 'event')})`;
  return [
    `${name}  ${words[command.outcome] ?? command.outcome}${events}${counts}`,
    ...refusals.map(({ position, rule, path, why }) => `    position ${position}: rule ${rule + 1} at ${shown(path)}: ${shown(why)}`),
  ];
};

const rehearsalLines = (name: string, { result }: Command): readonly string[] => {
  if (result?.died === true) return [`${name}  the worker's process died when it was tried`];
  const { events = [], more = false } = result ?? {};
  return [
    name,
    ...events.map(rehearsedLine),
    ...(more ? ['    … more wait behind; only the first hundred are tried, and fewer where their handler takes long'] : []),
  ];
};

const rehearsedLine = ({ position, id, would, reason, fix, changes = [], refused }: RehearsedEvent): string => {
  const fixes = fix === undefined ? '' : `; fix: ${fix}`;
  const what = changes.map(({ path, op, from, to }) => ` ${op} ${shown(path)} (${from ?? 'nothing'} to ${to ?? 'nothing'})`).join(',');
  const why = refused === undefined ? '' : ` by rule ${refused.rule + 1} at ${shown(refused.path)}: ${shown(refused.why)}`;
  const failed = reason === undefined ? '' : `: ${reason.code}: ${shown(reason.message)}`;
  return `    position ${position} (id ${id}) would ${would.replaceAll('_', ' ')}${failed}${fixes}${what}${why}`;
};

const wentWell = ({ outcome, result }: Command): boolean => {
  // A rehearsal that says nothing of an event has not shown that it would go well.
  if (outcome === 'rehearsed')
    return (
      result?.events !== undefined &&
      result.died !== true &&
      result.events.every(({ would, fix }) => would !== 'fail' && would !== 'wait_behind' && fix !== 'refused')
    );
  return outcome !== null && ['replayed', 'discarded', 'fixed'].includes(outcome) && (result?.refused ?? 0) === 0;
};

const goodOutcomes = new Set(['replayed', 'discarded', 'fixed', 'rehearsed']);

/** By the outcomes of all commands, and by what each says of itself: a fix that was refused some events is `fixed` all the same. */
export const exitCodeOf = (job: Job): number => {
  if (job.open > 0) return exitCodes.open;
  const isGood = Object.keys(job.outcomes).every((outcome) => goodOutcomes.has(outcome)) && job.commands.every(wentWell);
  return isGood ? exitCodes.done : exitCodes.notAll;
};
