/**
 * Event files as TensorBoard reads them: records of TFRecord, each one protocol buffer Event.
 *
 * Source: TensorFlow's tfrecord layout (length, masked CRC-32C, data, masked CRC-32C) and event.proto.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "../engine/train-schemas.ts";

/** Field numbers of event.proto and summary.proto. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 };
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2 };
const VARINT = 0;
const DOUBLE = 1;
const BYTES = 2;
const FLOAT = 5;

/** Appends scalars to a file of its own in a folder. */
export class TensorBoardFile {
  readonly path: string;

  /** @throws the file system's errors */
  constructor(folder: string, seconds = Date.now() / 1000) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, `events.out.tfevents.${Math.floor(seconds)}.${hostname()}.${process.pid}`);
    const version = field(EVENT.fileVersion, BYTES, Buffer.from("brain.Event:2"));
    appendFileSync(this.path, frame(Buffer.concat([double(EVENT.wallTime, seconds), version])));
  }

  /** Write what an event says that can be drawn. */
  add(event: RunEvent, seconds = Date.now() / 1000): void {
    const scalars = scalarsOf(event);
    if (scalars.length === 0 || event.event === "start") return;
    const values = scalars.map(([tag, value]) =>
      field(
        SUMMARY_VALUE,
        BYTES,
        Buffer.concat([field(VALUE.tag, BYTES, Buffer.from(tag)), float(VALUE.simpleValue, value)]),
      ),
    );
    const record = Buffer.concat([
      double(EVENT.wallTime, seconds),
      Buffer.concat([varint((EVENT.step << 3) | VARINT), varint(event.step)]),
      field(EVENT.summary, BYTES, Buffer.concat(values)),
    ]);
    appendFileSync(this.path, frame(record));
  }
}

/** Names and values; what has no number is left out. */
function scalarsOf(event: RunEvent): [tag: string, value: number][] {
  const named = (prefix: string, parts: Record<string, number | null>) =>
    Object.entries(parts).map(([name, value]) => [`${prefix}/${name}`, value] as const);
  let all: (readonly [string, number | null])[] = [];
  if (event.event === "step") {
    all = [
      ["loss/train", event.loss],
      ...named("train", event.parts),
      ["rate/notesPerSecond", event.notesPerSecond],
      ["rate/learningRate", event.learningRate],
      ["rate/gradientNorm", event.gradientNorm],
      ["memory/MiB", event.memoryMib],
    ];
  } else if (event.event === "heldOut") {
    const set = event.set === "data" ? "heldOut" : "replay";
    all = [[`loss/${set}`, event.loss], ...named(set, event.parts)];
  }
  return all.flatMap(([tag, value]) => (value === null ? [] : [[tag, value]]));
}

/** One record with its checksums. */
function frame(data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, uint32(maskedCrc(length)), data, uint32(maskedCrc(data))]);
}

function field(number: number, type: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | type), varint(bytes.length), bytes]);
}

function double(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint((number << 3) | DOUBLE), bytes]);
}

function float(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint((number << 3) | FLOAT), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Castagnoli's polynomial, reflected. */
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

/** CRC-32C, rotated and shifted as TFRecord wants it, so that checksums of checksums stay apart. */
export function maskedCrc(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  crc = (crc ^ 0xffffffff) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
