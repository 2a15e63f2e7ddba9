// A container is taken off several networks, one after the other: either it is off all of them, or on all of them as before.
import { explain } from '../engine/errors.ts';

export type NetworkActs<Network> = { leave(network: Network): Promise<void>; join(network: Network): Promise<void> };

/** What it gives joins them again. Rejects with none left, or with the failures of those that it could not be put back on. */
export const leaveNetworks = async <Network>(
  networks: readonly Network[],
  { leave, join }: NetworkActs<Network>,
): Promise<() => Promise<void>> => {
  const left: Network[] = [];
  /** Each is tried, whatever comes of the others. Gives the failures. */
  const rejoin = async (): Promise<readonly unknown[]> => {
    const failures: unknown[] = [];
    for (const network of left) await join(network).catch((error: unknown) => failures.push(error));
    return failures;
  };
  try {
    for (const network of networks) {
      await leave(network);
      left.push(network);
    }
  } catch (error) {
    // Why it could not be left comes first.
    throw asOne([error, ...(await rejoin())]);
  }
  return async () => {
    const failures = await rejoin();
    if (failures.length > 0) throw asOne(failures);
  };
};

const asOne = (failures: readonly unknown[]): unknown =>
  failures.length === 1 ? failures[0] : new AggregateError(failures, failures.map((failure) => explain(failure)).join('; then '));
