/**
 * Where a stream of WebSocket frames is, however it is cut.
 */
import { expect, test } from "vitest";
import { MessageProgress } from "../../../../bridge/daemon/transports/message-progress.ts";

const TEXT = 0x81;
const FIRST = 0x01;
const LAST = 0x80;
const PING = 0x89;

/** A frame from a client: masked, with as many bytes of length as it needs. */
function frame(first: number, bytes: number): Buffer {
  const length =
    bytes < 126
      ? Buffer.from([0x80 | bytes])
      : bytes < 65_536
        ? Buffer.from([0x80 | 126, bytes >> 8, bytes & 255])
        : Buffer.from([
            0x80 | 127,
            0,
            0,
            0,
            0,
            (bytes >> 24) & 255,
            (bytes >> 16) & 255,
            (bytes >> 8) & 255,
            bytes & 255,
          ]);
  return Buffer.concat([Buffer.from([first]), length, Buffer.from([1, 2, 3, 4]), Buffer.alloc(bytes, 0x81)]);
}

test.each([1, 2, 3, 7, 1_000, 100_000])("whole messages are counted in pieces of %i bytes", (size) => {
  const progress = new MessageProgress();
  const frames = [frame(TEXT, 0), frame(TEXT, 125), frame(TEXT, 126), frame(TEXT, 70_000)];
  const bytes = Buffer.concat(frames);
  for (let at = 0; at < bytes.length; at += size) progress.push(bytes.subarray(at, at + size));
  expect([progress.messages, progress.isInside]).toEqual([frames.length, false]);
});

test("a ping between the frames of a message does not end it", () => {
  const progress = new MessageProgress();
  progress.push(frame(FIRST, 10));
  expect([progress.messages, progress.isInside]).toEqual([0, true]);
  progress.push(frame(PING, 0));
  expect(progress.isInside).toBe(true);
  progress.push(frame(LAST, 10));
  expect([progress.messages, progress.isInside]).toEqual([1, false]);
});

test("half a head and half a payload are inside", () => {
  const bytes = frame(TEXT, 300);
  for (const end of [1, 3, 8, 200, bytes.length - 1]) {
    const progress = new MessageProgress();
    progress.push(bytes.subarray(0, end));
    expect([progress.messages, progress.isInside]).toEqual([0, true]);
  }
});
