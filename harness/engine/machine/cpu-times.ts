// The machine's CPU time from the first line of /proc/stat, in ticks: user nice system idle iowait irq softirq steal.

export type CpuTimes = { readonly busy: number; readonly steal: number; readonly total: number };

/** Guest time is already part of user time, so fields past steal are left out. Waiting for the disk is idle time. */
export const parseCpuTimes = (stat: string): CpuTimes => {
  const line = stat.slice(0, stat.indexOf('\n'));
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const busy = user + nice + system + irq + softirq;
  return { busy, steal, total: busy + idle + iowait + steal };
};

/** Shares of all cores between two readings, 0..1. */
export const cpuShares = (before: CpuTimes, after: CpuTimes): { readonly cpuBusy: number; readonly cpuSteal: number } => {
  const total = after.total - before.total;
  if (total <= 0) return { cpuBusy: 0, cpuSteal: 0 };
  return { cpuBusy: (after.busy - before.busy) / total, cpuSteal: (after.steal - before.steal) / total };
};
