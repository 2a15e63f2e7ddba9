// `replay-stream` and `stream-replays`, as commander has them. They speak to the database, as keys and tenants do: the log, and what is derived from it, is of all
// tenants, and no key is.
import { type Command, InvalidArgumentError } from 'commander';
import type { Positions, ReplayDesk, ReplayStart, ShownReplay } from '../../../recovery/replay/replay-desk.ts';
import { createReplayDesk } from '../../../storage/postgres/replay-desk.ts';
import { reasonOf } from '../../start/check-database.ts';
import { afterAcceptance } from '../after-acceptance.ts';
import { exitCodes } from '../exit-codes.ts';
import { withOpsClient } from '../open-access-desk.ts';
import { OpsError } from '../ops-error.ts';
import type { OpsSurroundings } from '../surroundings.ts';
import { table } from '../table.ts';

type Root = { readonly json?: true; readonly data?: string };
type Context = { readonly desk: ReplayDesk; readonly json: boolean };
type Run = (command: Command, work: (context: Context) => Promise<number>) => Promise<void>;

type ReplayOptions = {
  readonly processor: string;
  readonly version: number;
  readonly from?: 'beginning' | 'checkpoint';
  readonly fromTime?: string;
  readonly fromPosition?: Positions;
  readonly toPosition?: Positions;
  readonly follow?: true;
  readonly reset?: true;
  readonly rate: number;
  readonly why: string;
  readonly by?: string;
  readonly wait: number;
};

export const addReplays = (program: Command, surroundings: OpsSurroundings, ended: (exitCode: number) => void): void => {
  const run: Run = async (command, work) => {
    const { json = false, data } = command.optsWithGlobals<Root>();
    const place = { databaseUrl: surroundings.databaseUrl, data: data ?? null };
    ended(await withOpsClient(place, (client) => work({ desk: createReplayDesk(client), json })));
  };
  const inDatabase = (command: Command) => command.option('--data <folder>', 'the data folder of npm start, where DATABASE_URL is not set');
  const audited = (command: Command) =>
    command.requiredOption('--why <text>', 'why, for the audit').option('--by <name>', 'who asks, for the audit (default: your account)');
  inDatabase(audited(program.command('replay-stream')))
    .description('puts a version of a processor to a place of the log; workers go on from there, at a rate, to an end or with live events')
    .requiredOption('--processor <name>', 'which processor')
    .requiredOption('--version <number>', 'which version of it', whole)
    .option('--from <place>', 'beginning (of what the log holds) or checkpoint (where it stands)', place)
    .option('--from-time <time>', 'no event appended from then on is left out (RFC 3339)', time)
    .option(
      '--from-position <lane:position>',
      'behind this position; again for each lane; the others begin where they stand, with --reset at the beginning',
      position,
    )
    .option('--to-position <lane:position>', "its end; again for each lane (default: the log's heads of now)", position)
    .option('--follow', 'behind its end it goes on with live events')
    .option('--reset', 'empty the read model of this version first: until the replay is through, its reads are incomplete')
    .option('--rate <number>', 'events a second, of all lanes together', rate, 2000)
    .option('--wait <seconds>', 'how long to wait until its end; 0: not', seconds, 0)
    .action((options: ReplayOptions, command: Command) => run(command, (context) => replayStream(context, options, surroundings)));
  const replays = program.command('stream-replays').description('replays of the log: how far they are');
  inDatabase(replays.command('list'))
    .option('--limit <number>', 'most rows', whole, 20)
    .action(({ limit }: { limit: number }, command: Command) =>
      run(command, async ({ desk, json }) => tell(await desk.list(limit), json, surroundings)),
    );
  inDatabase(replays.command('show'))
    .argument('<replay>', 'its number', whole)
    .action((replay: number, _options: unknown, command: Command) =>
      run(command, async ({ desk, json }) => tellOne(await desk.show(replay), replay, json, surroundings)),
    );
  inDatabase(
    audited(replays.command('cancel').description('stops its lanes where they are; replay-stream --from checkpoint lets them go on')),
  )
    .argument('<replay>', 'its number', whole)
    .action((replay: number, { why, by = surroundings.user }: { why: string; by?: string }, command: Command) =>
      run(command, async ({ desk, json }) => tellOne(await desk.cancel(replay, { by, why }), replay, json, surroundings)),
    );
};

const replayStream = async ({ desk, json }: Context, options: ReplayOptions, surroundings: OpsSurroundings): Promise<number> => {
  const opened = await desk.open({
    processor: options.processor,
    version: options.version,
    start: startOf(options),
    end: options.toPosition ?? null,
    follows: options.follow === true,
    resets: options.reset === true,
    ratePerSecond: options.rate,
    requestedBy: options.by ?? surroundings.user,
    why: options.why,
    requestId: surroundings.randomId(),
  });
  if ('refused' in opened) throw new OpsError(`Nothing was changed. ${opened.refused}`);
  const { replay } = opened;
  surroundings.err(`stream replay ${replay}\n`);
  const show = () =>
    desk.show(replay).catch((cause: unknown) => {
      throw new OpsError(`The database did not show it: ${reasonOf(cause)}.`, { cause });
    });
  return afterAcceptance({ name: `stream replay ${replay}`, look: `stream-replays show ${replay}` }, surroundings, async () => {
    const endsAtMs = surroundings.clock.nowMs() + options.wait * 1000;
    let shown = await show();
    while (shown?.state === 'running' && surroundings.clock.nowMs() < endsAtMs) {
      await surroundings.sleep(200);
      shown = await show();
    }
    return tellOne(shown, replay, json, surroundings);
  });
};

const startOf = ({ from, fromTime, fromPosition }: ReplayOptions): ReplayStart => {
  const given = [
    ...(from === undefined ? [] : [{ kind: from } as const]),
    ...(fromTime === undefined ? [] : [{ kind: 'time', time: fromTime } as const]),
    ...(fromPosition === undefined ? [] : [{ kind: 'positions', positions: fromPosition } as const]),
  ];
  if (given.length === 1) return given[0]!;
  throw new OpsError('Say where it begins, once: --from beginning, --from checkpoint, --from-time or --from-position.');
};

const tellOne = (shown: ShownReplay | null, replay: number, json: boolean, { out }: Pick<OpsSurroundings, 'out'>): number => {
  if (shown === null) throw new OpsError(`There is no stream replay ${replay}: stream-replays list shows those that there are.`);
  if (json) out(`${JSON.stringify(shown, null, 2)}\n`);
  else {
    out(`stream replay ${shown.replay} of ${shown.processor}/${shown.version}: ${shown.state}\n`);
    out(
      table(
        ['LANE', 'FROM', 'TO', 'AT', 'LIMIT'],
        shown.lanes.map(({ lane, from, to, position: at, limit }) => [lane, from, to, at, limit]),
      ),
    );
  }
  return shown.state === 'running' ? exitCodes.open : exitCodes.done;
};

const tell = (replays: readonly ShownReplay[], json: boolean, { out }: Pick<OpsSurroundings, 'out'>): number => {
  const rows = replays.map((one) => {
    const done = one.lanes.reduce((sum, { from, to, position: at }) => sum + Math.min(at, to) - from, 0);
    const all = one.lanes.reduce((sum, { from, to }) => sum + to - from, 0);
    return [
      one.replay,
      `${one.processor}/${one.version}`,
      one.state,
      `${done} of ${all}`,
      one.rate_per_second,
      one.started_at,
      one.requested_by,
      one.why,
    ];
  });
  const head = ['REPLAY', 'VERSION', 'STATE', 'EVENTS', 'RATE', 'STARTED', 'BY', 'WHY'];
  out(json ? `${JSON.stringify(replays, null, 2)}\n` : rows.length === 0 ? 'No stream replays.\n' : table(head, rows));
  return exitCodes.done;
};

const whole = (text: string) => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number.');
};

const rate = (text: string) => {
  const value = /^\d{1,7}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('Give a number above 0, up to 1000000.');
};

const seconds = (text: string) => {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give whole seconds.');
};

const place = (text: string) => {
  if (text === 'beginning' || text === 'checkpoint') return text;
  throw new InvalidArgumentError('Give beginning or checkpoint.');
};

const time = (text: string) => {
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError('Give an RFC 3339 time with an offset, such as 2026-01-02T03:04:05Z.');
};

/** Given once for each lane. */
const position = (text: string, before: Positions | undefined): Positions => {
  const [, lane, at] = /^(\d{1,4}):(\d{1,15})$/.exec(text) ?? [];
  if (lane === undefined || at === undefined) throw new InvalidArgumentError('Give lane:position, such as 3:1700.');
  if (before?.has(Number(lane)) === true) throw new InvalidArgumentError(`Lane ${lane} is given twice.`);
  return new Map([...(before ?? []), [Number(lane), Number(at)]]);
};
