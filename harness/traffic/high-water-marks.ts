// What a producer of datagrams sends at its end, so that a lost tail is seen: by how many marks it is told how far it came.

/** A mark is a datagram too, and may be lost as any: each producer sends so many. */
export const markCopies = 3;
