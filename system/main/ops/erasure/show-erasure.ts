// An erasure in words: how far it is, and its proof.
import type { Api } from '../api.ts';
import { exitCodes } from '../exit-codes.ts';
import type { OpsSurroundings } from '../surroundings.ts';
import { fields, shown, table } from '../table.ts';

export type Erasure = {
  readonly erasure: number;
  readonly system_name: string;
  readonly object_id: string;
  readonly dry_run: boolean;
  readonly requested_by: string;
  readonly why: string;
  readonly requested_at: string;
  readonly phase: string;
  readonly before: Readonly<Record<string, number>>;
  readonly erased: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>> | null;
  readonly rounds: number;
  readonly waits_for: string | null;
  readonly not_ours: readonly string[];
  readonly done_at: string | null;
  readonly worker: string | null;
};

type Out = Pick<OpsSurroundings, 'out'>;

export const exitCodeOf = ({ done_at: doneAt }: Erasure): number => (doneAt === null ? exitCodes.open : exitCodes.done);

export const describeErasure = (one: Erasure): string => {
  const head = fields({
    erasure: `${one.erasure}${one.dry_run ? ' (dry run: nothing is changed)' : ''}`,
    object: `${one.system_name} ${one.object_id}`,
    asked: `${one.requested_at} by ${one.requested_by}: ${one.why}`,
    phase: one.done_at === null ? one.phase : `done at ${one.done_at}`,
    ...(one.waits_for !== null && { 'waits for': one.waits_for }),
    ...(one.rounds > 0 && { 'more rounds': one.rounds }),
  });
  const places = Object.keys({ ...one.before, ...one.erased, ...one.after });
  const cell = (counts: Readonly<Record<string, number>> | null, place: string) => counts?.[place] ?? null;
  const rows = places.map((place) => [
    place,
    cell(one.before, place),
    cell(one.dry_run ? null : one.erased, place),
    cell(one.after, place),
  ]);
  const others =
    one.not_ours.length === 0
      ? ''
      : `\nWhat ${one.not_ours.map(shown).join(', ')} may hold of it is for its team to erase: its definition does not say where (\`erase\` in docs/processors.md).\n`;
  return `${head}\n${places.length === 0 ? '' : table(['PLACE', 'BEFORE', 'ERASED', 'AFTER'], rows)}${others}`;
};

export const showErasure = async (api: Api, number: number, json: boolean, { out }: Out): Promise<number> => {
  const one = await api.get<Erasure>(`/erasures/${number}`);
  out(json ? `${JSON.stringify(one, null, 2)}\n` : describeErasure(one));
  return exitCodeOf(one);
};

type Page = { readonly erasures: readonly Erasure[]; readonly next_cursor: string | null };

export const listErasures = async (
  api: Api,
  options: { readonly limit: number; readonly cursor?: string },
  json: boolean,
  { out }: Out,
): Promise<number> => {
  const page = await api.get<Page>('/erasures', { limit: options.limit, cursor: options.cursor });
  const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, rows) => sum + rows, 0);
  const rows = page.erasures.map((one) => [
    one.erasure,
    one.requested_at,
    one.dry_run ? 'dry run' : one.phase,
    one.done_at,
    total(one.dry_run ? one.before : one.erased),
    one.system_name,
    one.object_id,
    one.requested_by,
    one.why,
  ]);
  const head = ['ERASURE', 'ASKED', 'PHASE', 'DONE', 'ROWS', 'SYSTEM', 'OBJECT', 'BY', 'WHY'];
  const more = page.next_cursor === null ? '' : `\nThere are more: the same with --cursor ${page.next_cursor}\n`;
  out(json ? `${JSON.stringify(page, null, 2)}\n` : rows.length === 0 ? 'Nothing was erased yet.\n' : table(head, rows) + more);
  return exitCodes.done;
};
