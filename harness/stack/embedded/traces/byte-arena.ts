// Many small byte strings in a few large pages: kept one by one they would each hold on to a slab of Node's own pool, most of it others' garbage.

export type ByteArena = {
  /** How many pages were begun. */
  readonly pages: number;
  /** A copy that lives in a page, which is free again when nothing in it is referenced any more. */
  keep(bytes: Uint8Array): Uint8Array;
};

export const createByteArena = (pageBytes: number): ByteArena => {
  let page = new Uint8Array(0);
  let [used, pages] = [0, 0];
  return {
    get pages() {
      return pages;
    },
    keep(bytes) {
      if (bytes.length > pageBytes / 4) return Uint8Array.from(bytes);
      if (used + bytes.length > page.length) {
        page = new Uint8Array(pageBytes);
        used = 0;
        pages += 1;
      }
      const kept = page.subarray(used, used + bytes.length);
      kept.set(bytes);
      used += bytes.length;
      return kept;
    },
  };
};
