// A view of one JSON object of a dashboard. What has the wrong shape or is not understood is reported with its place; reading goes on, so that all is told at once.

export type Report = (place: string, message: string) => void;

export type JsonNode = {
  readonly place: string;
  readonly keys: readonly string[];
  /** Reports whatever else the object has. Each argument is one key, or several with spaces between. */
  only(...known: readonly string[]): void;
  refuse(key: string, message: string): void;
  has(key: string): boolean;
  raw(key: string): unknown;
  text(key: string): string | undefined;
  number(key: string): number | undefined;
  flag(key: string): boolean | undefined;
  choice<const Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined;
  texts(key: string): readonly string[];
  child(key: string): JsonNode | undefined;
  children(key: string): readonly JsonNode[];
  /** The same object under a better name. */
  named(place: string): JsonNode;
};

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const kindOf = (value: unknown): string => (Array.isArray(value) ? 'a list' : `${JSON.stringify(value)?.slice(0, 60)}`);
const dotted = (place: string, key: string): string =>
  `${place}${/[›.\]]/.test(place.at(-1) ?? '') || place.includes(' › ') ? '.' : ' › '}${key}`;

/** Keys whose value is null are absent: Grafana writes null for "not set". */
export const jsonNode = (value: unknown, place: string, report: Report): JsonNode => {
  if (!isObject(value)) report(place, `is ${kindOf(value)}, must be an object`);
  const object: Json = isObject(value) ? value : {};
  const own = (key: string): unknown => (Object.hasOwn(object, key) ? (object[key] ?? undefined) : undefined);
  const at = (key: string): string => dotted(place, key);
  const typed = <Value>(key: string, name: string, fits: (found: unknown) => found is Value): Value | undefined => {
    const found = own(key);
    if (found === undefined || fits(found)) return found as Value | undefined;
    report(at(key), `is ${kindOf(found)}, must be ${name}`);
    return undefined;
  };
  const list = (key: string): readonly unknown[] => typed(key, 'a list', (found) => Array.isArray(found)) ?? [];
  return {
    place,
    keys: Object.keys(object),
    only: (...known) => {
      const names = new Set(known.flatMap((words) => words.split(' ')));
      for (const key of Object.keys(object)) if (!names.has(key) && own(key) !== undefined) report(at(key), 'is not understood');
    },
    refuse: (key, message) => report(at(key), message),
    has: (key) => own(key) !== undefined,
    raw: own,
    text: (key) => typed(key, 'text', (found) => typeof found === 'string'),
    number: (key) => typed(key, 'a finite number', (found): found is number => typeof found === 'number' && Number.isFinite(found)),
    flag: (key) => typed(key, 'true or false', (found) => typeof found === 'boolean'),
    choice: <const Choice extends string>(key: string, choices: readonly Choice[]) =>
      typed(key, `one of ${choices.join(', ')}`, (found): found is Choice => choices.some((choice) => choice === found)),
    texts: (key) =>
      list(key).flatMap((item, index) => {
        if (typeof item === 'string') return [item];
        report(`${at(key)}[${index}]`, `is ${kindOf(item)}, must be text`);
        return [];
      }),
    child: (key) => (own(key) === undefined ? undefined : jsonNode(own(key), at(key), report)),
    children: (key) => list(key).map((item, index) => jsonNode(item, `${at(key)}[${index}]`, report)),
    named: (name) => jsonNode(object, name, report),
  };
};

/** Without the fields that are undefined: absent stays absent. */
export const present = <Fields extends Readonly<Record<string, unknown>>>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };
