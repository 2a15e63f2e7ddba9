// How many lanes one instance of a consumer may hold: the same for whoever counts, without talking to each other.

export const shareOf = (instance: string, instances: readonly string[], lanes: number): number => {
  const rank = instances.toSorted().indexOf(instance);
  if (rank === -1) return 0;
  return Math.floor(lanes / instances.length) + (rank < lanes % instances.length ? 1 : 0);
};
