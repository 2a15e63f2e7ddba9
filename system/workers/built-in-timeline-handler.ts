// The timeline handler that is used where FAULTLINE_TIMELINE_HANDLER names none: the event's name, and the first plain fields of its metadata.
import type { LogEvent } from '../stream/stream.ts';

const shownFields = 3;
const longestValue = 40;
/** Larger bodies are not parsed for a line of text. */
const largestBody = 16_384;

export const handle = ({ eventName, body }: LogEvent): { summary: string } => {
  const fields = body.length > largestBody ? [] : plainFields(body);
  return { summary: fields.length === 0 ? eventName : `${eventName}: ${fields.join(', ')}` };
};

const plainFields = (body: string): string[] => {
  const { metadata } = JSON.parse(body) as { metadata?: unknown };
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return [];
  return Object.entries(metadata)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    .slice(0, shownFields)
    .map(([name, value]) => `${shorten(name)}=${shorten(String(value))}`);
};

const shorten = (text: string) => (text.length > longestValue ? `${text.slice(0, longestValue - 1)}…`.toWellFormed() : text);
