/**
 * Checks the daemon's messages against the documented schemas with a JSON Schema validator that does not use zod.
 */
import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import * as z from "zod";

const readers = new Map<string, Ajv2020>();
const documentSchema = z.looseObject({});
const methodsSchema = z.looseObject({ methods: z.record(z.string(), z.unknown()) });

function readerOf(file: string): Ajv2020 {
  const known = readers.get(file);
  if (known !== undefined) return known;
  const reader = new Ajv2020({ strict: false, formats: { base64: true } });
  reader.addSchema(documentSchema.parse(JSON.parse(readFileSync(`docs/${file}`, "utf8"))), file);
  readers.set(file, reader);
  return reader;
}

function partOf(file: string, pointer: string): ValidateFunction {
  const validate = readerOf(file).getSchema(`${file}#${pointer}`);
  if (validate === undefined) throw new Error(`docs/${file} has no ${pointer}`);
  return validate;
}

/** @throws Error unless a value is what a part of a document says */
export function checkShape(file: string, pointer: string, value: unknown): void {
  const validate = partOf(file, pointer);
  if (validate(value)) return;
  const [first] = validate.errors ?? [];
  const told = `${first?.instancePath} ${first?.message}`;
  throw new Error(`not as docs/${file} has ${pointer} (${told}): ${JSON.stringify(value).slice(0, 1000)}`);
}

const METHODS = methodsSchema.parse(JSON.parse(readFileSync("docs/protocol.schema.json", "utf8"))).methods;

/** @throws Error unless an answer is the one that is documented for the method, and for any method over HTTP */
export function checkAnswer(method: string, answer: unknown): void {
  const pointer = Object.hasOwn(METHODS, method)
    ? `/methods/${method.replaceAll("/", "~1")}/response`
    : "/$defs/RpcFailure";
  checkShape("protocol.schema.json", pointer, answer);
  checkShape("openapi.json", "/components/schemas/RpcResponse", answer);
}

/** @throws Error unless it is a notification as it is documented */
export function checkNotification(message: unknown): void {
  checkShape("protocol.schema.json", "/$defs/RpcNotification", message);
}
