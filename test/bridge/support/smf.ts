/**
 * Standard MIDI Files read and written byte by byte, without any code of the product.
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

/** A track chunk of these events, in time order; an end of track among them ends it. */
export function trackOf(events: readonly RawEvent[]): Buffer {
  let before = 0;
  const bytes = events.map(({ tick, hex }) => {
    const delta = tick - before;
    before = tick;
    return Buffer.concat([Buffer.from(variableLength(delta)), Buffer.from(hex, "hex")]);
  });
  return chunk("MTrk", Buffer.concat(bytes));
}

function variableLength(value: number): number[] {
  const high = value > 0x7f ? variableLength(value >> 7).map((byte) => byte | 0x80) : [];
  return [...high, value & 0x7f];
}

/** A marker, or another text event. Source: Standard MIDI Files 1.0 (RP-001). */
export function textEvent(tick: number, text: string, kind = 0x06): RawEvent {
  const bytes = Buffer.from(text, "utf8");
  const head = Buffer.from([0xff, kind, ...variableLength(bytes.length)]);
  return { tick, hex: Buffer.concat([head, bytes]).toString("hex") };
}

/** The file with its n-th track chunk, from 0, changed. */
export function withEvents(bytes: Buffer, index: number, change: (events: RawEvent[]) => RawEvent[]): Buffer {
  let seen = -1;
  const chunks = readChunks(bytes).map(({ type, body }) => {
    if (type === "MTrk") seen += 1;
    return type === "MTrk" && seen === index ? trackOf(change(readEvents(body))) : chunk(type, body);
  });
  return Buffer.concat(chunks);
}

/** The file with texts in one of its track chunks; what is there already comes first. */
export function withTexts(bytes: Buffer, texts: readonly RawEvent[], index = 0): Buffer {
  return withEvents(bytes, index, (events) => {
    const end = events.filter(({ hex }) => hex.startsWith("ff2f"));
    const all = [...events.filter(({ hex }) => !hex.startsWith("ff2f")), ...texts];
    const last = Math.max(...[...all, ...end].map(({ tick }) => tick));
    return [...all.sort((a, b) => a.tick - b.tick), { tick: last, hex: "ff2f00" }];
  });
}

/** Whether an event is a note-on or note-off of a channel 0-15. */
export function isNoteOf(event: RawEvent, channel: number): boolean {
  const status = Number.parseInt(event.hex.slice(0, 2), 16);
  return (status & 0xf0) >= 0x80 && (status & 0xf0) <= 0x90 && (status & 0x0f) === channel;
}
