// Where operators open and steer imports. It appends nothing: that is for lines.
import type { ImportState } from '../../contract/imports.ts';
import type { OpenImportRequest, SteerImportRequest } from './import-request.ts';

export type StandingImport = { readonly name: string; readonly state: ImportState; readonly nextLine: number; readonly lines: number };

export type OpenedImport =
  | ({ readonly kind: 'opened' | 'known' } & StandingImport)
  /** The name is that of another file. */
  | { readonly kind: 'other_file' }
  /** The file came before, under that name. */
  | { readonly kind: 'came_before'; readonly name: string; readonly state: ImportState };

export type SteeredImport =
  | ({ readonly kind: 'steered' } & StandingImport)
  | { readonly kind: 'unknown_import' }
  /** It is over, and stays so. */
  | ({ readonly kind: 'over' } & StandingImport);

export type ImportAsker = { readonly tenant: string; readonly keyId: string | null };

export type ImportDesk = {
  /** Rejects with the database's error. */
  open(request: OpenImportRequest, asker: ImportAsker): Promise<OpenedImport>;
  steer(name: string, request: SteerImportRequest, asker: ImportAsker): Promise<SteeredImport>;
};
