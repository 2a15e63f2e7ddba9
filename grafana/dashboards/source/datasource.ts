// The three datasources, by the uids that every runtime provisions.

export const prometheus = { type: 'prometheus', uid: 'prometheus' } as const;
export const tempo = { type: 'tempo', uid: 'tempo' } as const;
export const loki = { type: 'loki', uid: 'loki' } as const;

export type Datasource = typeof prometheus | typeof tempo | typeof loki;
