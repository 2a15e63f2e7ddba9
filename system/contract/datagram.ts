// The head of a datagram: its first line, where it has one. The schema that validates is the one that docs/udp.md describes.
import Type, { type Static } from 'typebox';

const name = (description: string) => Type.String({ pattern: '^[\\x21-\\x7e]{1,128}$', description });
const count = (minimum: number, description: string) => Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER, description });

export const datagramHeadSchema = Type.Object(
  {
    token: Type.Optional(Type.String({ pattern: '^[\\x21-\\x7e]{1,256}$', description: 'Names the tenant.' })),
    source: Type.Optional(name('The producer: visible ASCII.')),
    boot: Type.Optional(name('This start of it: new each time, or numbers that were lost look like numbers that came.')),
    n: Type.Optional(count(1, 'The number of the datagram: 1, 2, 3 … for each boot.')),
    mark: Type.Optional(
      Type.Object(
        {
          copy: Type.Optional(count(0, 'Marks may be lost too: send several.')),
          datagrams: count(0, 'So many were sent in all.'),
          events: count(0, 'So many events were in them.'),
        },
        { additionalProperties: false, description: 'High-water mark: says how much was sent, so that a lost tail is seen.' },
      ),
    ),
    crc32: Type.Optional(
      Type.String({ pattern: '^[0-9a-f]{8}$', description: 'Last member of the head; of the head without it, and of all that follows.' }),
    ),
  },
  { additionalProperties: false, title: 'DatagramHead' },
);

export type DatagramHead = Static<typeof datagramHeadSchema>;
