// One-dimensional PostgreSQL arrays in binary format. Text format would escape every quote of every JSON body, and the server undo it.

/** Type oids of the elements, from pg_type.dat: they never change. */
const oids = { bytea: 17, int8: 20, int4: 23, text: 25, uuid: 2950 } as const;

const headerBytes = 20;

export const textArray = (values: readonly (string | null)[]): Buffer => {
  const lengths = values.map((value) => (value === null ? -1 : Buffer.byteLength(value)));
  const array = createArray(oids.text, lengths);
  let offset = headerBytes;
  for (const [index, value] of values.entries()) {
    const length = lengths[index]!;
    offset = array.writeInt32BE(length, offset);
    if (value !== null) offset += array.write(value, offset, length, 'utf8');
  }
  return array;
};

export const byteaArray = (values: readonly Uint8Array[]): Buffer => {
  const array = createArray(
    oids.bytea,
    values.map(({ length }) => length),
  );
  let offset = headerBytes;
  for (const value of values) {
    offset = array.writeInt32BE(value.length, offset);
    array.set(value, offset);
    offset += value.length;
  }
  return array;
};

export const uuidArray = (values: readonly string[]): Buffer => {
  const array = createArray(
    oids.uuid,
    values.map(() => 16),
  );
  let offset = headerBytes;
  for (const value of values) {
    offset = array.writeInt32BE(16, offset);
    offset += array.write(value.replaceAll('-', ''), offset, 16, 'hex');
  }
  return array;
};

export const int4Array = (values: readonly number[]): Buffer => {
  const array = createArray(
    oids.int4,
    values.map(() => 4),
  );
  let offset = headerBytes;
  for (const value of values) offset = array.writeInt32BE(value, array.writeInt32BE(4, offset));
  return array;
};

/** Numbers are safe integers. */
export const int8Array = (values: readonly (number | null)[]): Buffer => {
  const array = createArray(
    oids.int8,
    values.map((value) => (value === null ? -1 : 8)),
  );
  let offset = headerBytes;
  for (const value of values) {
    offset = array.writeInt32BE(value === null ? -1 : 8, offset);
    if (value !== null) offset = array.writeBigInt64BE(BigInt(value), offset);
  }
  return array;
};

/** -1 is the length of a null. */
const createArray = (elementOid: number, lengths: readonly number[]): Buffer => {
  let bytes = headerBytes;
  let nulls = 0;
  for (const length of lengths) {
    bytes += 4 + Math.max(length, 0);
    if (length < 0) nulls = 1;
  }
  const array = Buffer.allocUnsafe(bytes);
  array.writeInt32BE(1, 0); // dimensions
  array.writeInt32BE(nulls, 4);
  array.writeInt32BE(elementOid, 8);
  array.writeInt32BE(lengths.length, 12);
  array.writeInt32BE(1, 16); // lower bound
  return array;
};
