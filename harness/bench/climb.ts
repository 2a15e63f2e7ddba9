// Several generators up the same ladder of rates, each rung by one after the other: a machine that is slow for a while is slow for all of them.

export type Try = { readonly isHeld: boolean; readonly cpuPerSecond: number };
export type Contender = { readonly name: string; attempt(ratePerSecond: number): Promise<Try> };
/** CPU-seconds a second, by each rate that was held. */
export type Climbed = ReadonlyMap<number, number>;

const tries = 2;

/** Each until a rate is not held, twice: one miss may be the machine's. In the order of the contenders. */
export const climbTogether = async (
  contenders: readonly Contender[],
  ladder: readonly number[],
  say: (text: string) => void,
): Promise<readonly Climbed[]> => {
  const climbs = contenders.map((contender) => ({ contender, held: new Map<number, number>(), climbing: true }));
  for (const rate of ladder) {
    for (const climb of climbs.filter(({ climbing }) => climbing)) {
      const { isHeld, cpuPerSecond } = await tryTwice(climb.contender, rate);
      say(`${climb.contender.name}, ${rate}/s: ${isHeld ? 'held' : 'not held'}, ${cpuPerSecond.toFixed(2)} CPU-seconds a second`);
      if (isHeld) climb.held.set(rate, cpuPerSecond);
      else climb.climbing = false;
    }
  }
  return climbs.map(({ held }) => held);
};

const tryTwice = async ({ attempt }: Contender, rate: number): Promise<Try> => {
  let tried = await attempt(rate);
  for (let n = 1; n < tries && !tried.isHeld; n += 1) tried = await attempt(rate);
  return tried;
};

/** The highest rate that all of them held; 0: none. What each costs can be compared there alone. */
export const highestHeld = (climbed: readonly Climbed[]): number =>
  Math.max(0, ...[...(climbed[0]?.keys() ?? [])].filter((rate) => climbed.every((each) => each.has(rate))));
