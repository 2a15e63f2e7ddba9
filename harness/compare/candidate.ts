// What is compared: a front door with what stands behind it, as a process that can be killed, and a way to hand it an event.
import type { SpawnedProcess } from '../stack/processes.ts';

/** What the sender knows once it goes on. `handed`: the kernel took it, and nobody will ever answer. */
export type Told = 'acknowledged' | 'refused' | 'handed';

export type Started = {
  readonly process: SpawnedProcess;
  /** As long as the sender has to wait. Rejects where there was no answer. */
  readonly send: (body: string) => Promise<Told>;
  /** Ends the senders, not the process. */
  readonly close: () => Promise<void>;
};

export type Candidate = {
  readonly name: string;
  readonly isAnswered: boolean;
  /** `port`: 0 at first, then the one that the senders know. */
  start(database: string, port: number): Promise<Started & { readonly port: number }>;
  /** The ids of all events that it kept. */
  readonly keptIds: string;
  /** Datagrams that its own books call lost; null: it keeps none. */
  readonly lostByBooks: string | null;
};
