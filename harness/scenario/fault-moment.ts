/** When a fault is due: seconds into a named phase. */
export type FaultMoment = { readonly phase: string; readonly afterSeconds: number };
