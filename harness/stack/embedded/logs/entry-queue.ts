// A queue that gives up its oldest in constant time on average: what was taken is cut off in bulk.

export type Queue<Item> = {
  readonly length: number;
  push(item: Item): void;
  peek(): Item | undefined;
  shift(): void;
  values(): Iterable<Item>;
};

export const createQueue = <Item>(): Queue<Item> => {
  let items: Item[] = [];
  let head = 0;
  return {
    push: (item) => void items.push(item),
    peek: () => items[head],
    *values() {
      for (let at = head; at < items.length; at += 1) yield items[at] as Item;
    },
    get length() {
      return items.length - head;
    },
    shift() {
      head += 1;
      if (head < 1_024 || head * 2 < items.length) return;
      items = items.slice(head);
      head = 0;
    },
  };
};
