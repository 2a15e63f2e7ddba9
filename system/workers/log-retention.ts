// What the elected worker needs to drop what is past retention.

export type Unread = {
  readonly partition: string;
  /** `timelines/1`, or `consumer billing`: who has not read all of it. */
  readonly readers: readonly string[];
};

export type RetentionRound = {
  /** Partitions that went, oldest first. */
  readonly dropped: readonly string[];
  /** The first that stays because somebody has not read it; those after it stay with it. null: none. */
  readonly waits: Unread | null;
};

export type RetentionPolicy = {
  /** Whole UTC days that are kept, today's not counted. 0: nothing is dropped. */
  readonly keepDays: number;
  /** `drop`: consumers over HTTP do not hold it back. Processors always do. */
  readonly consumers: 'wait' | 'drop';
};

export type LogRetention = { dropPast(policy: RetentionPolicy): Promise<RetentionRound> };
