// How a target says that it is full: its queue, or its disk. Both are 503 with Retry-After, and mean that nothing was stored.

export const fullCodes = ['overloaded', 'disk_budget_used'] as const;

export const saysFull = ({ status, code }: { readonly status: number | null; readonly code: string | null }): boolean =>
  status === 503 && fullCodes.some((known) => known === code);
