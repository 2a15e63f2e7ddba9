// A word as bytes, to be found in a text of bytes: compared four at a time, for half of all bytes of a history are the names of its fields.

export type ByteWord = { readonly length: number; readonly fours: Int32Array; readonly rest: Uint8Array };

export const byteWord = (text: string): ByteWord => {
  const bytes = Uint8Array.from(Buffer.from(text));
  const view = new DataView(bytes.buffer);
  const fours = Int32Array.from({ length: Math.floor(bytes.length / 4) }, (_unused, place) => view.getInt32(place * 4, true));
  return { length: bytes.length, fours, rest: bytes.subarray(fours.length * 4) };
};

export const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView => new DataView(buffer, byteOffset, byteLength);

export const standsAt = (view: DataView, at: number, { length, fours, rest }: ByteWord): boolean => {
  if (at + length > view.byteLength) return false;
  for (let place = 0; place < fours.length; place += 1) if (view.getInt32(at + place * 4, true) !== fours[place]) return false;
  const behind = at + fours.length * 4;
  for (let place = 0; place < rest.length; place += 1) if (view.getUint8(behind + place) !== rest[place]) return false;
  return true;
};
