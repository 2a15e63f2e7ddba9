// Grafana's colours by name, and the palette that series take theirs from. Source: packages/grafana-data, the classic palette.

const hues: Readonly<Record<string, readonly [superLight: string, light: string, plain: string, semiDark: string, dark: string]>> = {
  red: ['#FFA6B0', '#FF7383', '#F2495C', '#E02F44', '#C4162A'],
  orange: ['#FFCB7D', '#FFB357', '#FF9830', '#FF780A', '#FA6400'],
  yellow: ['#FFF899', '#FFEE52', '#FADE2A', '#F2CC0C', '#E0B400'],
  green: ['#C8F2C2', '#96D98D', '#73BF69', '#56A64B', '#37872D'],
  blue: ['#C0D8FF', '#8AB8FF', '#5794F2', '#3274D9', '#1F60C4'],
  purple: ['#DEB6F2', '#CA95E5', '#B877D9', '#A352CC', '#8F3BB8'],
};

const shades = ['super-light-', 'light-', '', 'semi-dark-', 'dark-'];

export const seriesPalette = [
  '#73BF69',
  '#F2CC0C',
  '#8AB8FF',
  '#FF780A',
  '#F2495C',
  '#5794F2',
  '#B877D9',
  '#705DA0',
  '#37872D',
  '#FADE2A',
  '#447EBC',
  '#C15C17',
  '#890F02',
  '#0A437C',
  '#6D1F62',
  '#584477',
  '#B7DBAB',
  '#F4D598',
  '#70DBED',
  '#F9BA8F',
];

/** As CSS takes it; null: the colour of text. */
export const colorOf = (name: string): string | null => {
  if (/^#[0-9a-f]{3,8}$/i.test(name)) return name;
  if (name === 'transparent') return 'transparent';
  const hue = /^(?:super-light-|semi-dark-|dark-|light-)?(\w+)$/.exec(name)?.[1] ?? '';
  const shade = shades.indexOf(name.slice(0, name.length - hue.length));
  return Object.hasOwn(hues, hue) ? (hues[hue]?.[shade] ?? null) : null;
};

export const paletteColor = (index: number): string => seriesPalette[index % seriesPalette.length] ?? '#73BF69';

/** Black or white, whichever reads better on this colour (WCAG's relative luminance, halved where contrast is equal). */
export const textOn = (color: string): '#000000' | '#ffffff' => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.212_6 * red + 0.715_2 * green + 0.072_2 * blue > 0.179 ? '#000000' : '#ffffff';
};
