// The words of rebuilds that processes, the query API and its clients share.

/** Read models that can be built anew beside the old one, by the processor that writes them: its timelines and its counts per minute. */
export const rebuildable = ['timelines'] as const;
export type ReadModel = (typeof rebuildable)[number];

export const rebuildActions = ['start', 'compare', 'switch', 'back', 'drop'] as const;
export type RebuildAction = (typeof rebuildActions)[number];

/** building: fed, and read by nobody who does not ask for it. active: fed; the newest active one is read. retired: given up, its rows leave. */
export type VersionState = 'building' | 'active' | 'retired';
