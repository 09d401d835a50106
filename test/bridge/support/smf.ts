/**
 * Standard MIDI Files byte by byte, written and read without any code of the product.
 */

/** A header chunk; the length can lie. */
export function header(format: number, tracks: number, division: number, length = 6): Buffer {
  const bytes = Buffer.alloc(14);
  bytes.write("MThd", 0, "latin1");
  bytes.writeUInt32BE(length, 4);
  bytes.writeUInt16BE(format, 8);
  bytes.writeUInt16BE(tracks, 10);
  bytes.writeUInt16BE(division, 12);
  return bytes;
}

/** A chunk; the length can lie. */
export function chunk(type: string, body: Buffer, length = body.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 0, "latin1");
  head.writeUInt32BE(length, 4);
  return Buffer.concat([head, body]);
}

export const END_OF_TRACK = [0x00, 0xff, 0x2f, 0x00];

/** A track chunk of these bytes and an end of track. */
export function track(...bytes: number[]): Buffer {
  return chunk("MTrk", Buffer.from([...bytes, ...END_OF_TRACK]));
}

/** One quarter each at 96 a quarter: enough bars of 4/4 for a region. */
export function quarters(count: number, pitch = 60): number[] {
  return Array.from({ length: count }, () => [0x00, 0x90, pitch, 80, 0x60, 0x80, pitch, 64]).flat();
}

/** Format 0, 96 a quarter, `bars` bars of quarters. */
export function plainFile(bars = 8): Buffer {
  return Buffer.concat([header(0, 1, 96), track(...quarters(bars * 4))]);
}

export interface RawEvent {
  tick: number;
  /** Status written out, also where the file has running status. */
  hex: string;
}

export interface RawChunk {
  type: string;
  /** Without the eight bytes of its head. */
  body: Buffer;
}

export function readChunks(bytes: Buffer): RawChunk[] {
  const chunks: RawChunk[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    const body = bytes.subarray(at + 8, at + 8 + length);
    chunks.push({ type: bytes.toString("latin1", at, at + 4), body });
    at += 8 + length;
  }
  return chunks;
}

/** Events of one track chunk. Source: Standard MIDI Files 1.0 (RP-001). */
export function readEvents(body: Buffer): RawEvent[] {
  const events: RawEvent[] = [];
  let [at, tick, running] = [0, 0, 0];
  const number = () => {
    let value = 0;
    for (;;) {
      const byte = body.readUInt8(at++);
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
  };
  while (at < body.length) {
    tick += number();
    let status = body.readUInt8(at);
    if (status >= 0x80) at++;
    else status = running;
    const start = at;
    if (status === 0xff) at++;
    if (status >= 0xf0) {
      const length = number();
      at += length;
    } else {
      running = status;
      at += status >> 4 === 0xc || status >> 4 === 0xd ? 1 : 2;
    }
    events.push({ tick, hex: status.toString(16) + body.toString("hex", start, at) });
  }
  return events;
}

/** Whether an event is a note-on or note-off of a channel 0-15. */
export function isNoteOf(event: RawEvent, channel: number): boolean {
  const status = Number.parseInt(event.hex.slice(0, 2), 16);
  return (status & 0xf0) >= 0x80 && (status & 0xf0) <= 0x90 && (status & 0x0f) === channel;
}
