// What processes connect to PostgreSQL for: opened where they are wired, and counted where room is made for them.

/** Of a worker's main thread, from its start. Two move ranges of processor `events`. */
export const workerSessions = ['leases', 'renewals', 'heads', 'limits', 'events-0', 'events-1', 'park', 'rebuilds'] as const;
/** Of the elected one, beside those: three that take turns, and one each for what may hold a snapshot for minutes. The last is open while an index is made. */
export const turnSessions = ['books', 'chores', 'erase'] as const;
export const dutySessions = [...turnSessions, 'compare', 'effects', 'index'] as const;

export type WorkerSession = (typeof workerSessions)[number] | (typeof dutySessions)[number];

/** Threads that look after the park, those that build versions once there is one, and of each of a team's own processors: each has a connection, as have the spares. */
export const parkThreads = 1;
export const rebuildThreads = 1;
export const ownThreads = 1;
/** Of those of the built-in processors together, and of each of a team's own. */
export const spareThreads = 1;

/** Of process `query`: those who consume elsewhere wait for each other, and hold up neither listings nor operators. */
export const consumeConnections = 3;
