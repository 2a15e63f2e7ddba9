// `npm run ops -- erase` and `erasures …`, as commander has them.
import type { Command } from 'commander';
import type { ErasureRequest } from '../../../recovery/erasure-request.ts';
import { afterAcceptance } from '../after-acceptance.ts';
import type { Api } from '../api.ts';
import { seconds, wholeNumber } from '../numbers.ts';
import { OpsError } from '../ops-error.ts';
import type { Run } from '../rebuild/commands.ts';
import type { OpsSurroundings } from '../surroundings.ts';
import { describeErasure, type Erasure, exitCodeOf, listErasures, showErasure } from './show-erasure.ts';

type EraseOptions = {
  readonly system: string;
  readonly object: string;
  readonly why?: string;
  readonly by?: string;
  readonly dryRun?: true;
  /** Seconds. */
  readonly wait: number;
};

export const addErasure = (program: Command, surroundings: OpsSurroundings, run: Run): void => {
  program
    .command('erase')
    .description("one object's data goes: from the log, the park and the read models; with a proof")
    .requiredOption('--system <name>', 'its system_name')
    .requiredOption('--object <id>', 'its object_id')
    .option('--why <text>', 'why, for the audit (needed but for --dry-run)')
    .option('--by <name>', 'who asks, for the audit (default: your account)')
    .option('--dry-run', 'say what would go, by place; change nothing')
    .option('--wait <seconds>', 'how long to wait until it is done; 0: not', seconds, 120)
    .action((options: EraseOptions, command: Command) => run(command, ({ api, json }) => erase(api, options, json, surroundings)));
  const erasures = program.command('erasures').description('what was erased, and the proof of it');
  erasures
    .command('list')
    .option('--limit <number>', 'most rows', wholeNumber(1, 1000), 50)
    .option('--cursor <text>', 'the next page, as the last one named it')
    .action((options: { limit: number; cursor?: string }, command: Command) =>
      run(command, ({ api, json }) => listErasures(api, options, json, surroundings)),
    );
  erasures
    .command('show')
    .argument('<erasure>', 'its number', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .action((number: number, _options: unknown, command: Command) =>
      run(command, ({ api, json }) => showErasure(api, number, json, surroundings)),
    );
};

const pollMs = 200;

const erase = async (api: Api, options: EraseOptions, json: boolean, surroundings: OpsSurroundings): Promise<number> => {
  const { system, object, dryRun = false } = options;
  if (!dryRun && options.why === undefined) throw new OpsError('Say why, for the audit: --why "…". (--dry-run needs none.)');
  const { erasure } = await api.post<{ readonly erasure: number }>('/erasures', {
    system_name: system,
    object_id: object,
    ...(dryRun && { dry_run: true }),
    requested_by: options.by ?? surroundings.user,
    why: options.why ?? 'dry run',
    request_id: surroundings.randomId(),
  } satisfies ErasureRequest);
  if (!json) surroundings.err(`erasure ${erasure}\n`);
  const accepted = { name: `erasure ${erasure}`, look: `erasures show ${erasure}` };
  return afterAcceptance(accepted, surroundings, () => showWhenErased({ api, json, surroundings }, erasure, options.wait));
};

type Context = { readonly api: Api; readonly json: boolean; readonly surroundings: OpsSurroundings };

const showWhenErased = async ({ api, json, surroundings }: Context, erasure: number, waitSeconds: number): Promise<number> => {
  const endsAtMs = surroundings.clock.nowMs() + waitSeconds * 1000;
  for (;;) {
    const one = await api.get<Erasure>(`/erasures/${erasure}`);
    if (one.done_at === null && surroundings.clock.nowMs() < endsAtMs) {
      await surroundings.sleep(pollMs);
      continue;
    }
    surroundings.out(json ? `${JSON.stringify(one, null, 2)}\n` : describeErasure(one));
    if (one.done_at === null && !json) surroundings.err(`Not done yet: npm run ops -- erasures show ${erasure}\n`);
    return exitCodeOf(one);
  }
};
