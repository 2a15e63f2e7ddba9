// Room that is bounded in bytes, and of which no tenant takes more than its share: with n tenants in it each may hold one part of n + 1. The part that is left over is for
// the one that comes next, so that a tenant finds room however much another sends.

export type FairRoom = {
  /** false: there is none for this tenant. Who holds nothing may bring one thing of any size, where the whole has room for it; the very first brings any. */
  take(tenant: string, bytes: number): boolean;
  /** More for something that holds so much already. */
  grow(tenant: string, bytes: number, more: number): boolean;
  giveBack(tenant: string, bytes: number): void;
  heldBytes(): number;
};

export type FairRoomOptions = {
  readonly limitBytes: number;
  /** Whether there are tenants to share with. As long as there are none, the one has it all. */
  readonly isShared: () => boolean;
};

export const createFairRoom = ({ limitBytes, isShared }: FairRoomOptions): FairRoom => {
  const held = new Map<string, number>();
  let heldBytes = 0;
  const isInShare = (mine: number, bytes: number): boolean => mine === 0 || !isShared() || (mine + bytes) * (held.size + 1) <= limitBytes;
  return {
    take: (tenant, bytes) => {
      const mine = held.get(tenant) ?? 0;
      const hasRoom = heldBytes === 0 || heldBytes + bytes <= limitBytes;
      if (!hasRoom || !isInShare(mine, bytes)) return false;
      heldBytes += bytes;
      held.set(tenant, mine + bytes);
      return true;
    },
    grow: (tenant, bytes, more) => {
      const mine = held.get(tenant) ?? 0;
      const hasRoom = heldBytes === bytes || heldBytes + more <= limitBytes;
      if (!hasRoom || !isInShare(mine - bytes, bytes + more)) return false;
      heldBytes += more;
      held.set(tenant, mine + more);
      return true;
    },
    giveBack: (tenant, bytes) => {
      heldBytes -= bytes;
      const left = (held.get(tenant) ?? 0) - bytes;
      if (left > 0) held.set(tenant, left);
      else held.delete(tenant);
    },
    heldBytes: () => heldBytes,
  };
};
