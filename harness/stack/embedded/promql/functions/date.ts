// Functions of a time in Unix seconds, in UTC.

const daysInMonth = (date: Date): number => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

const dayOfYear = (date: Date): number =>
  (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 0)) / 86_400_000;

const ofDate: Readonly<Record<string, (date: Date) => number>> = {
  day_of_month: (date) => date.getUTCDate(),
  day_of_week: (date) => date.getUTCDay(),
  day_of_year: dayOfYear,
  days_in_month: daysInMonth,
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
  month: (date) => date.getUTCMonth() + 1,
  year: (date) => date.getUTCFullYear(),
};

/** NaN for seconds that are no date. */
export const dateFunctions: Readonly<Record<string, (seconds: number) => number>> = Object.fromEntries(
  Object.entries(ofDate).map(([name, run]) => [name, (seconds: number): number => run(new Date(Math.trunc(seconds) * 1000))]),
);
