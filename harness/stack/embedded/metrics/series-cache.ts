// Remembers which series a data point writes to, so that only its first arrival pays for making labels.
import type { OtlpAttribute } from '../otlp-metric-types.ts';
import { InvalidData, valueToText } from './otlp-number.ts';
import type { Series } from './series-index.ts';

const separator = '\u0000';

const attributeKey = (attribute: OtlpAttribute | null): string => {
  if (typeof attribute?.key !== 'string') throw new InvalidData('attribute', attribute);
  return `${attribute.key}${separator}${valueToText(attribute.value)}`;
};

/** Equal for equal attributes in the same order, which is how exporters send them. Throws InvalidData for what is no attribute. */
export const attributesKey = (attributes: readonly OtlpAttribute[]): string => attributes.map(attributeKey).join(separator);

export type SeriesCache = {
  /** `make` gives a text, why, where a series may not be made; that is asked again the next time. */
  get(key: string, make: () => readonly Series[] | string): readonly Series[] | string;
  /** A short text for a long one that many keys begin with; never given to another. */
  shorten(text: string): string;
  /** Begins anew, which costs time and loses nothing: what is remembered holds on to the labels of series that are gone. */
  forget(): void;
};

/** `maxEntries`, and `maxCharacters` of texts that were shortened: past them it begins anew. */
export const createSeriesCache = (maxEntries: number, maxCharacters: number): SeriesCache => {
  const entries = new Map<string, readonly Series[]>();
  const short = new Map<string, string>();
  let [shortened, characters] = [0, 0];
  const forget = (): void => {
    entries.clear();
    short.clear();
    characters = 0;
  };
  return {
    forget,
    get: (key, make) => {
      const known = entries.get(key);
      if (known !== undefined && known.every((series) => !series.gone)) return known;
      const made = make();
      if (typeof made === 'string') return made;
      if (entries.size >= maxEntries) entries.clear();
      entries.set(key, made);
      return made;
    },
    shorten: (text) => {
      const known = short.get(text);
      if (known !== undefined) return known;
      if (short.size >= maxEntries || characters + text.length > maxCharacters) forget();
      characters += text.length;
      shortened += 1;
      short.set(text, String(shortened));
      return String(shortened);
    },
  };
};
