// How a target says that it takes no more: its queue is full, or its disk (503), or the quota of a tenant is used up (429). All with Retry-After, and nothing was stored.

const statusOf: Readonly<Record<string, number>> = {
  overloaded: 503,
  disk_budget_used: 503,
  quota_exceeded: 429,
  storage_quota_exceeded: 429,
};

export const fullCodes: readonly string[] = Object.entries(statusOf).map(([code, status]) => `${status} ${code}`);

export const saysFull = ({ status, code }: { readonly status: number | null; readonly code: string | null }): boolean =>
  code !== null && statusOf[code] !== undefined && statusOf[code] === status;
