// For tests: process `postgres` as a child that can't outlive us.
import { extname } from 'node:path';
import { execa } from 'execa';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL(`../../main/postgres${extname(import.meta.url)}`, import.meta.url));

type Attributes = {
  /** postgresql:// URL of a superuser. */
  readonly address: string;
  /** Of the postmaster. */
  readonly pid: number;
  readonly supervisor_pid: number;
  /** Made by this start. */
  readonly new: boolean;
};

export type PostgresProcess = AsyncDisposable &
  Pick<Attributes, 'address' | 'pid' | 'new'> & {
    /** Of process `postgres`, which runs it. */
    readonly supervisorPid: number;
    readonly exited: Promise<{ readonly exitCode?: number | undefined }>;
    /** What it has said so far of its own life, as docs/process-protocol.md has it. */
    readonly said: readonly Line[];
  };

type Line = { readonly event_name?: string; readonly body: string; readonly attributes: Attributes };

/** Resolves when it is ready. Rejects with the reason that it gives when it refuses. Disposing stops it and waits. */
export const startPostgresProcess = async (environment: Readonly<Record<string, string>>): Promise<PostgresProcess> => {
  const child = execa(process.execPath, [program], {
    env: { ...environment, FAULTLINE_EXIT_WITH_PARENT: 'true' },
    stdin: 'pipe',
    stderr: 'inherit',
    buffer: false,
    reject: false,
  });
  let last = 'no reason given';
  const said: Line[] = [];
  const ready = new Promise<Attributes>((resolve) => {
    // Read to the end, or a full pipe would stop the server.
    createInterface(child.stdout).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      const { event_name: event, body, attributes } = line;
      last = body;
      if (event?.startsWith('faultline.process.') === true) said.push(line);
      if (event === 'faultline.process.ready') resolve(attributes);
    });
  });
  const attributes = await Promise.race([ready, child]);
  if (!('address' in attributes)) throw new Error(`PostgreSQL did not start: ${last}`);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await child;
  };
  return { ...attributes, supervisorPid: attributes.supervisor_pid, exited: child, said, [Symbol.asyncDispose]: stop };
};
