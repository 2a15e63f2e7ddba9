// A container is taken off several networks, one after the other: either it is off all of them, or on all of them as before.

export type NetworkActs<Network> = { leave(network: Network): Promise<void>; join(network: Network): Promise<void> };

/** What it gives joins them again. Rejects with none left. */
export const leaveNetworks = async <Network>(
  networks: readonly Network[],
  { leave, join }: NetworkActs<Network>,
): Promise<() => Promise<void>> => {
  const left: Network[] = [];
  /** Each is tried, whatever comes of the others. */
  const rejoin = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const network of left) await join(network).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    for (const network of networks) {
      await leave(network);
      left.push(network);
    }
  } catch (error) {
    // Why it could not be left is what counts.
    await rejoin().catch(() => undefined);
    throw error;
  }
  return rejoin;
};
