/**
 * The golden messages, which docs/protocol.md shows and the tests of the host scripts use: they match the schemas, by
 * zod and by an independent JSON Schema validator.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { BridgeError } from "../../../bridge/bridge-error.ts";
import { encodeFrame, FrameDecoder } from "../../../bridge/protocol/frames.ts";
import { LIMITS } from "../../../bridge/protocol/limits.ts";
import { linesOfError, linesOfResult } from "../../../bridge/protocol/lines.ts";
import { isMethod, METHODS, type MethodName, NOTIFICATIONS } from "../../../bridge/protocol/methods.ts";

const FOLDER = "test/contract";

const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(FOLDER, ...path), "utf8"));

const goldenSchema = z.strictObject({
  method: z.string().refine(isMethod),
  params: z.unknown(),
  result: z.unknown(),
});

const golden = (method: MethodName) => goldenSchema.parse(read(`${method.replace("/", "-")}.json`));

const schema: unknown = JSON.parse(readFileSync("docs/protocol.schema.json", "utf8"));
const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { base64: true } });
ajv.addSchema(z.record(z.string(), z.unknown()).parse(schema), "protocol");

function expectValid(pointer: string, value: unknown): void {
  const validate = ajv.getSchema(`protocol#${pointer}`);
  if (validate === undefined) throw new Error(`docs/protocol.schema.json has no ${pointer}`);
  expect([validate(value), validate.errors]).toEqual([true, null]);
}

const pointer = (name: string) => name.replaceAll("/", "~1");

describe.each(Object.keys(METHODS).filter(isMethod))("%s", (name) => {
  test("has an example that its schemas take as it is", () => {
    const { method, params, result } = golden(name);
    expect(method).toBe(name);
    expect(METHODS[name].params.safeParse(params).error).toBe(undefined);
    expect(METHODS[name].result.parse(result)).toEqual(result);
    expectValid(`/methods/${pointer(name)}/params`, params);
    expectValid(`/methods/${pointer(name)}/result`, result);
  });

  test("refuses a field that it does not know, but a client reads an answer that tells more", () => {
    const { params, result } = golden(name);
    const more = (value: unknown) => ({ ...z.record(z.string(), z.unknown()).parse(value), more: 1 });
    expect(METHODS[name].params.safeParse(more(params)).success).toBe(false);
    expect(METHODS[name].result.parse(more(result))).toEqual(result);
    expectValid(`/methods/${pointer(name)}/result`, more(result));
  });
});

test.each(Object.entries(NOTIFICATIONS))(
  "%s has an example that its schema takes as it is",
  (name, entry) => {
    const { method, params } = z
      .strictObject({ method: z.string(), params: z.unknown() })
      .parse(read("notifications", `${name.replace("/", "-")}.json`));
    expect(method).toBe(name);
    expect(entry.params.parse(params)).toEqual(params);
    expectValid(`/notifications/${pointer(name)}/params`, params);
  },
);

test("no golden is left over", () => {
  const names = Object.keys(METHODS).map((name) => `${name.replace("/", "-")}.json`);
  const others = ["README.md", "errors.json", "frames.json", "lines.json", "notifications"];
  expect(readdirSync(FOLDER).sort()).toEqual([...names, ...others].sort());
});

test("the limits that initialize tells are those in force", () => {
  expect(golden("initialize").result).toMatchObject({ limits: LIMITS, methods: Object.keys(METHODS) });
});

const linesSchema = z.strictObject({
  results: z.array(
    z.strictObject({ method: z.string().refine(isMethod), result: z.unknown(), text: z.string() }),
  ),
  errors: z.array(z.strictObject({ code: z.string(), message: z.string(), text: z.string() })),
});

test("lines are as the goldens have them", () => {
  const { results, errors } = linesSchema.parse(read("lines.json"));
  for (const { method, result, text } of results) {
    expect(METHODS[method].result.parse(result)).toEqual(result);
    expect(linesOfResult(method, result)).toBe(text);
  }
  for (const { code, message, text } of errors) expect(linesOfError(code, message)).toBe(text);
});

test("frames are as the goldens have them, both ways, also byte by byte", () => {
  const frames = z.array(z.strictObject({ text: z.string(), hex: z.string() })).parse(read("frames.json"));
  const stream = Buffer.concat(frames.map(({ text }) => Buffer.from(encodeFrame(text))));
  expect(stream.toString("hex")).toBe(frames.map(({ hex }) => hex).join(""));
  const decoder = new FrameDecoder(1000);
  const found: string[] = [];
  for (const byte of stream) decoder.push(Buffer.from([byte]), (frame) => found.push(String(frame)));
  expect(found).toEqual(frames.map(({ text }) => text));
});

test("a frame longer than the limit is refused by its first four bytes", () => {
  const decoder = new FrameDecoder(10);
  expect(() => decoder.push(Buffer.from([0, 0, 0, 11]), () => {})).toThrow(BridgeError);
});
