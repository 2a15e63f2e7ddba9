// The commands that look at imports, and steer them.
import type { ImportFormat, ImportState } from '../../../contract/imports.ts';
import type { SteerImportRequest } from '../../../recovery/import/import-request.ts';
import type { Api } from '../api.ts';
import { exitCodes } from '../exit-codes.ts';
import { OpsError } from '../ops-error.ts';
import type { ListOptions } from '../show.ts';
import type { OpsSurroundings } from '../surroundings.ts';
import { fields, shown, table } from '../table.ts';

type ListedImport = {
  readonly name: string;
  readonly format: ImportFormat;
  readonly state: ImportState;
  readonly lines: number;
  readonly next_line: number;
  readonly appended: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly sha256: string;
  readonly rate_per_second: number;
  readonly requested_by: string;
  readonly why: string;
  readonly requested_at: string;
  readonly moved_at: string;
  readonly ended_at: string | null;
};
type ImportPage = { readonly imports: readonly ListedImport[]; readonly next_cursor: string | null };
type ShownImport = ListedImport & {
  readonly audit: readonly {
    readonly at: string;
    readonly action: string;
    readonly requested_by: string;
    readonly why: string;
    readonly next_line: number;
  }[];
};

type Out = Pick<OpsSurroundings, 'out'>;

const settledOf = ({ next_line: next, lines }: ListedImport) => `${next - 1} of ${lines}`;

export const listImports = async (api: Api, { limit, cursor, state }: ListOptions & { state?: string }, json: boolean, { out }: Out) => {
  const page = await api.get<ImportPage>('/imports', { limit, cursor, state });
  const rows = page.imports.map((one) => [
    one.name,
    one.state,
    settledOf(one),
    one.appended,
    one.duplicates,
    one.refused,
    one.moved_at,
    one.requested_by,
    one.why,
  ]);
  const head = ['NAME', 'STATE', 'LINES', 'APPENDED', 'DUPLICATES', 'REFUSED', 'MOVED', 'BY', 'WHY'];
  const more = page.next_cursor === null ? '' : `\nThere are more: the same with --cursor ${page.next_cursor}\n`;
  out(json ? `${JSON.stringify(page, null, 2)}\n` : rows.length === 0 ? 'No imports.\n' : table(head, rows) + more);
  return exitCodes.done;
};

export const showImport = async (api: Api, name: string, json: boolean, { out }: Out) => {
  const one = await api.get<ShownImport>(`/imports/${encodeURIComponent(name)}`);
  if (json) {
    out(`${JSON.stringify(one, null, 2)}\n`);
    return exitCodes.done;
  }
  const { audit, format, state, appended, duplicates, refused, sha256, rate_per_second: rate, moved_at: moved } = one;
  out(
    fields({ name, format, state, settled: settledOf(one), appended, duplicates, refused, 'top rate': `${rate} a second`, moved, sha256 }),
  );
  const rows = audit.map((entry) => [entry.at, entry.action, entry.next_line, entry.requested_by, entry.why]);
  out(`\n${table(['AT', 'ACTION', 'AT LINE', 'BY', 'WHY'], rows)}`);
  return exitCodes.done;
};

export type SteerOptions = { readonly why?: string; readonly by?: string; readonly rate?: number };

export const steerImport = async (
  api: Api,
  { action, name, options }: { readonly action: SteerImportRequest['action']; readonly name: string; readonly options: SteerOptions },
  { out, user }: Pick<OpsSurroundings, 'out' | 'user'>,
) => {
  if (options.why === undefined) throw new OpsError('Say why, for the audit: --why "…".');
  const request: SteerImportRequest = {
    action,
    ...(options.rate !== undefined && { rate_per_second: options.rate }),
    requested_by: options.by ?? user,
    why: options.why,
  };
  const standing = await api.post<{ state: string; next_line: number; lines: number }>(
    `/imports/${encodeURIComponent(name)}/steer`,
    request,
  );
  out(`import ${shown(name)} is ${standing.state} at line ${standing.next_line} of ${standing.lines}\n`);
  return exitCodes.done;
};
