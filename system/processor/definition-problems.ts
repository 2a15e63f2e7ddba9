// Every mistake that a processor's definition can have, told at once: what was given, and what to write instead.
import type { ProcessorDefinition } from './define-processor.ts';
import { isTableName, tableNameRule } from './table-names.ts';

const processorName = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const longestName = 24;
const ours: ReadonlySet<string> = new Set(['events', 'timelines']);

const fields: ReadonlySet<string> = new Set<keyof ProcessorDefinition>([
  'name',
  'version',
  'reads',
  'tables',
  'setUp',
  'erase',
  'startsFrom',
  'order',
  'handle',
  'onError',
  'backPressure',
  'deadlineMs',
]);

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value);
const isWhole = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

const shown = (value: unknown): string => {
  if (typeof value === 'function') return 'a function';
  if (value === undefined) return 'missing';
  const text = typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};

export const definitionProblems = (definition: unknown): readonly string[] => {
  if (!isObject(definition)) return [`A processor is an object; this is ${shown(definition)}.`];
  return [
    ...unknownFields(definition, fields, 'The definition'),
    ...identity(definition),
    ...reads(definition['reads']),
    ...tables(definition['tables']),
    ...functions(definition),
    ...erase(definition['erase'], definition['tables']),
    ...oneOf('startsFrom', definition['startsFrom'], ['beginning', 'now', 'previous']),
    ...oneOf('order', definition['order'], ['per-key', 'none']),
    ...onError(definition['onError']),
    ...backPressure(definition['backPressure']),
    ...whole('deadlineMs', definition['deadlineMs'], 10, 600_000),
  ];
};

const unknownFields = (value: Loose, known: ReadonlySet<string>, what: string): string[] =>
  Object.keys(value)
    .filter((field) => !known.has(field))
    .map((field) => `${what} has no field ${shown(field)}: there are ${[...known].join(', ')}.`);

function* identity({ name, version }: Loose): Iterable<string> {
  if (typeof name !== 'string' || !processorName.test(name) || name.length > longestName)
    yield `name is ${shown(name)}: give lower-case words joined by hyphens, at most ${longestName} characters.`;
  else if (ours.has(name)) yield `name is '${name}', which is a processor of faultline: give another.`;
  if (!isWhole(version, 1, 9999)) yield `version is ${shown(version)}: give a whole number from 1 to 9999.`;
}

function* reads(value: unknown): Iterable<string> {
  if (value === undefined) return;
  if (!isObject(value)) return yield `reads is ${shown(value)}: give an object with systems, events, tenant or versions.`;
  yield* unknownFields(value, new Set(['systems', 'events', 'tenant', 'versions']), 'reads');
  for (const list of ['systems', 'events'] as const) {
    const names = value[list];
    if (names === undefined) continue;
    if (!Array.isArray(names) || names.length === 0 || names.some((one) => typeof one !== 'string' || one === ''))
      yield `reads.${list} is ${shown(names)}: give a list of names, or leave it out to read all.`;
  }
  const { tenant } = value;
  if (tenant !== undefined && (typeof tenant !== 'string' || tenant === ''))
    yield `reads.tenant is ${shown(tenant)}: give a tenant's name.`;
  yield* readVersions(value['versions']);
}

function* readVersions(value: unknown): Iterable<string> {
  if (value === undefined) return;
  if (!Array.isArray(value)) return yield `reads.versions is ${shown(value)}: give a list of { system, event, version }.`;
  const seen = new Set<string>();
  for (const [index, one] of value.entries()) {
    const { system, event, version } = isObject(one) ? one : {};
    if (typeof system !== 'string' || typeof event !== 'string' || !isWhole(version, 1, Number.MAX_SAFE_INTEGER))
      yield `reads.versions[${index}] is ${shown(one)}: give { system, event, version }, as { system: 'shop', event: 'paid', version: 2 }.`;
    const name = JSON.stringify([system, event]);
    if (seen.has(name)) yield `reads.versions has ${shown(event)} of ${shown(system)} twice: an event is given in one version.`;
    seen.add(name);
  }
}

function* tables(value: unknown): Iterable<string> {
  if (value === undefined) return;
  if (!isObject(value))
    return yield `tables is ${shown(value)}: give an object, a name with what stands between the brackets of CREATE TABLE.`;
  for (const [name, columns] of Object.entries(value)) {
    if (!isTableName(name)) yield `tables has ${shown(name)}: give ${tableNameRule}.`;
    if (typeof columns !== 'string' || columns.trim() === '')
      yield `tables.${name} is ${shown(columns)}: give what stands between the brackets of CREATE TABLE, as 'day date primary key, cents bigint not null'.`;
  }
}

function* functions({ handle, setUp }: Loose): Iterable<string> {
  if (typeof handle !== 'function') yield `handle is ${shown(handle)}: give a function that takes an event and a context.`;
  if (setUp !== undefined && typeof setUp !== 'function')
    yield `setUp is ${shown(setUp)}: give a function that returns a list of statements.`;
}

function* erase(value: unknown, tablesOf: unknown): Iterable<string> {
  if (value === undefined) return;
  if (!isObject(value)) return yield `erase is ${shown(value)}: give an object, each table with the condition that finds an object's rows.`;
  const known = isObject(tablesOf) ? Object.keys(tablesOf) : [];
  for (const [name, condition] of Object.entries(value)) {
    if (!known.includes(name)) yield `erase has ${shown(name)}, which is not among the tables: there are ${known.join(', ') || 'none'}.`;
    else if (condition !== null && (typeof condition !== 'string' || !/\$3(?!\d)/.test(condition)))
      yield `erase.${name} is ${shown(condition)}: give a condition that names $3, the object, as 'object_id = $3'; null where it holds nothing of one object.`;
  }
}

function* oneOf(field: string, value: unknown, choices: readonly string[]): Iterable<string> {
  if (value !== undefined && !choices.includes(value as string)) yield `${field} is ${shown(value)}: give one of ${choices.join(', ')}.`;
}

function* whole(field: string, value: unknown, least: number, most: number): Iterable<string> {
  if (value !== undefined && !isWhole(value, least, most))
    yield `${field} is ${shown(value)}: give a whole number from ${least} to ${most}.`;
}

function* onError(value: unknown): Iterable<string> {
  if (value === undefined) return;
  if (!isObject(value)) return yield `onError is ${shown(value)}: give an object with attempts, retryMs or action.`;
  yield* unknownFields(value, new Set(['attempts', 'retryMs', 'action']), 'onError');
  yield* whole('onError.attempts', value['attempts'], 1, 100);
  yield* whole('onError.retryMs', value['retryMs'], 1, 3_600_000);
  yield* oneOf('onError.action', value['action'], ['park', 'skip', 'stop']);
  if (value['action'] === 'stop' && value['attempts'] !== undefined)
    yield `onError.attempts is ${shown(value['attempts'])}, but a lane that stops tries for ever: leave it out.`;
}

function* backPressure(value: unknown): Iterable<string> {
  if (value === undefined) return;
  const strategies = ['block', 'shed', 'sample'];
  if (!isObject(value) || !strategies.includes(value['strategy'] as string))
    return yield `backPressure is ${shown(value)}: give an object whose strategy is one of ${strategies.join(', ')}.`;
  const { strategy } = value;
  const known = strategy === 'block' ? [] : strategy === 'shed' ? ['above'] : ['above', 'keepOneIn'];
  yield* unknownFields(value, new Set(['strategy', ...known]), `backPressure with strategy ${String(strategy)}`);
  for (const field of known)
    if (value[field] === undefined) yield `backPressure.${field} is missing: strategy ${String(strategy)} needs it.`;
  yield* whole('backPressure.above', value['above'], 1, 1_000_000_000);
  yield* whole('backPressure.keepOneIn', value['keepOneIn'], 2, 1_000_000);
}
