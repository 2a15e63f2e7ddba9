// First in, first out, in constant time: Array.shift moves everything, and a backlog can be long.

export type Queue<Item> = {
  push(item: Item): void;
  shift(): Item | undefined;
  readonly size: number;
};

const compactAt = 1024;

export const createQueue = <Item>(): Queue<Item> => {
  let items: Item[] = [];
  let head = 0;
  return {
    push: (item) => void items.push(item),
    shift: () => {
      const item = items[head];
      if (head < items.length) head += 1;
      if (head >= compactAt && head * 2 >= items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    get size() {
      return items.length - head;
    },
  };
};
