// What a line stands for. The style sheet gives each role its colour, in light and in dark.

export const roles = ['planned', 'good', 'refused', 'unknown', 'first', 'second'] as const;
export type Role = (typeof roles)[number];
