// Times as a reader wants them: local or UTC, the date only where it is another day.

const two = (value: number): string => String(value).padStart(2, '0');

export const clockText = (epochMs: number, utc: boolean, withMillis = false): string => {
  const at = new Date(epochMs);
  const [hours, minutes, seconds] = utc
    ? [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()]
    : [at.getHours(), at.getMinutes(), at.getSeconds()];
  const millis = withMillis ? `.${String(at.getMilliseconds()).padStart(3, '0')}` : '';
  return `${two(hours)}:${two(minutes)}:${two(seconds)}${millis}`;
};

export const dateText = (epochMs: number, utc: boolean): string => {
  const at = new Date(epochMs);
  return utc ? at.toISOString().slice(0, 10) : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
};

export const timeText = (epochMs: number, utc: boolean): string => `${dateText(epochMs, utc)} ${clockText(epochMs, utc, true)}`;
