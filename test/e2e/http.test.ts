/**
 * HTTP: statuses, methods, errors in lines, numbers out of range, and the id of a fill.
 */
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { BridgeError } from "../../bridge/bridge-error.ts";
import { httpStatus } from "../../bridge/daemon/transports/http-status.ts";
import { LIMITS } from "../../bridge/protocol/limits.ts";
import { overHttp, resultOf } from "./support/callers.ts";
import { startDaemon, type TestDaemon } from "./support/daemon.ts";
import { readLines } from "./support/lines.ts";
import { httpText, rawHttp } from "./support/raw.ts";
import { checkShape } from "./support/shapes.ts";
import { songRequest } from "./support/songs.ts";

let daemon: TestDaemon;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  daemon = await startDaemon({ onEnd: (end) => ends.push(end) });
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const failureSchema = z.object({ error: z.looseObject({ code: z.string(), message: z.string() }) });

async function ask(method: string, path: string, body?: string, token = daemon.token()) {
  const headers = { authorization: `Bearer ${token}` };
  const init = body === undefined ? { method, headers } : { method, headers, body };
  const response = await fetch(`${daemon.url}${path}`, init);
  return {
    status: response.status,
    allow: response.headers.get("allow"),
    type: response.headers.get("content-type"),
    text: await response.text(),
  };
}

const failureOf = ({ text }: { text: string }) => failureSchema.parse(JSON.parse(text)).error;

test("a fill that was waited for can be accepted by its id", async () => {
  const { text } = await ask("POST", "/v1/fill", JSON.stringify(songRequest()));
  checkShape("openapi.json", "/components/schemas/FillRunResult", JSON.parse(text));
  const { jobId } = z.object({ jobId: z.string() }).parse(JSON.parse(text));
  const caller = overHttp(daemon);
  expect(resultOf(await caller.call("fill/accept", { jobId, candidate: 0 }))).toEqual({ accepted: 0 });

  const lines = readLines((await ask("POST", "/v1/fill?format=lines", JSON.stringify(songRequest()))).text);
  expect(lines.state).toBe("done");
  expect(resultOf(await caller.call("fill/reject", { jobId: lines.jobId }))).toEqual({ rejected: true });

  const ran = resultOf(await caller.call("fill/run", songRequest()));
  const kept = resultOf(await caller.call("fill/get", { jobId: ran.jobId }));
  expect(kept.result?.candidates).toEqual(ran.candidates);
});

test.each([
  ["temperature", "1e300", "TEMPERATURE_OUT_OF_RANGE"],
  ["minP", "-2e226", "MIN_P_OUT_OF_RANGE"],
  ["minP", "1", "MIN_P_OUT_OF_RANGE"],
  ["topP", "-0.0", "TOP_P_OUT_OF_RANGE"],
  ["topK", "9007199254740991", "TOP_K_OUT_OF_RANGE"],
  ["contextNotes", "9007199254740991", "CONTEXT_NOTES_OUT_OF_RANGE"],
  ["seed", "1e300", "REQUEST_INVALID"],
  ["seed", "0.5", "REQUEST_INVALID"],
])("sampling with %s %s is the client's mistake", async (name, value, code) => {
  const body = JSON.stringify(songRequest({ sampling: {} })).replace(
    '"sampling":{}',
    `"sampling":{"${name}":${value}}`,
  );
  const answer = await ask("POST", "/v1/fill", body);
  expect([answer.status, failureOf(answer).code]).toEqual([400, code]);
});

test.each([
  ["density", "9007199254740991", "DENSITY_OUT_OF_RANGE"],
  ["polyphony", "0", "POLYPHONY_OUT_OF_RANGE"],
  ["velocity", "128", "VELOCITY_OUT_OF_RANGE"],
  ["novelty", "-1e308", "NOVELTY_OUT_OF_RANGE"],
  ["pitchRange", "[70,60]", "PITCH_RANGE_INVERTED"],
])("controls with %s %s are the client's mistake", async (name, value, code) => {
  const body = JSON.stringify(songRequest({ controls: {} })).replace(
    '"controls":{}',
    `"controls":{"${name}":${value}}`,
  );
  const answer = await ask("POST", "/v1/fill", body);
  expect([answer.status, failureOf(answer).code]).toEqual([400, code]);
});

describe("what asks for lines is told its errors in lines", () => {
  test.each([
    ["POST", "/v1/fill?format=lines", "{}", 400, "REQUEST_INVALID"],
    ["POST", "/v1/fill?format=lines", "{", 400, "MESSAGE_NOT_JSON"],
    ["POST", "/v1/fill?format=lines&surprise=1", "{}", 400, "REQUEST_INVALID"],
    ["PUT", "/v1/fill?format=lines", "{}", 405, "HTTP_METHOD_WRONG"],
    ["POST", "/v1/nothing?format=lines", "{}", 404, "METHOD_UNKNOWN"],
    ["GET", "/v1/get?format=lines&method=nothing", undefined, 404, "METHOD_UNKNOWN"],
    ["GET", "/v1/get?format=lines&surprise=1", undefined, 400, "REQUEST_INVALID"],
  ] as const)("%s %s", async (method, path, body, status, code) => {
    const answer = await ask(method, path, body);
    expect([answer.status, answer.type]).toEqual([status, "text/plain; charset=utf-8"]);
    expect(readLines(answer.text).error).toBe(code);
  });

  test("also what is refused before it is read", async () => {
    const stranger = await ask("POST", "/v1/fill?format=lines", "{}", "0".repeat(64));
    expect([stranger.status, readLines(stranger.text).error]).toEqual([401, "TOKEN_WRONG"]);
    const headers = {
      authorization: `Bearer ${daemon.token()}`,
      host: "localhost",
      "content-length": String(LIMITS.bodyBytes + 1),
    };
    const large = await rawHttp(daemon.port, httpText("POST", "/v1/fill?format=lines", headers));
    const body = large.text.slice(large.text.indexOf("\r\n\r\n") + 4);
    expect([large.status, readLines(body).error]).toEqual([413, "MESSAGE_TOO_LARGE"]);
  });
});

test("a format that there is not is an error, not JSON in silence", async () => {
  const answer = await ask("POST", "/v1/fill?format=xml", JSON.stringify(songRequest()));
  expect([answer.status, failureOf(answer).code]).toEqual([400, "REQUEST_INVALID"]);
});

test.each([
  ["GET", "/v1/rpc", "POST"],
  ["DELETE", "/v1/fill", "POST"],
  ["POST", "/v1/get", "GET"],
  ["PATCH", "/metrics", "GET, HEAD"],
  ["POST", "/", "GET, HEAD"],
  ["POST", "/open", "GET, HEAD"],
])("%s %s is the wrong method, and the right one is named", async (method, path, allow) => {
  const answer = await ask(method, path);
  expect([answer.status, answer.allow]).toEqual([405, allow]);
  checkShape("openapi.json", "/components/schemas/ErrorEntry", failureOf(answer));
  expect(failureOf(answer)).toMatchObject({
    code: "HTTP_METHOD_WRONG",
    message: `${path} does not take ${method}; send ${allow.replace(", ", " or ")}`,
  });
});

test("an address at which there is nothing has no right method", async () => {
  const answer = await ask("DELETE", "/v1/nothing");
  expect([answer.status, answer.allow, failureOf(answer).code]).toEqual([404, null, "METHOD_UNKNOWN"]);
});

test.each(["QUERY", "PROPFIND", "TRACE", "OPTIONS"])("%s, which no address takes", async (method) => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { authorization: `Bearer ${daemon.token()}` };
    const sent = httpRequest(`${daemon.url}/v1/fill`, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject).end();
  });
  expect(status).toBe(405);
});

test("a status of 500 says that the installation is at fault, not the request", () => {
  const statusOf = (code: string) => httpStatus(new BridgeError(code, ""));
  expect(
    ["MODEL_DAMAGED", "RUNTIME_NOT_FOUND", "INTERNAL_ERROR", "DEVICE_UNAVAILABLE"].map(statusOf),
  ).toEqual([500, 500, 500, 500]);
  expect(["DEVICE_UNKNOWN", "MODEL_NAME_INVALID", "OPTION_CONFLICT"].map(statusOf)).toEqual([400, 400, 400]);
  expect(["MODEL_EXISTS", "MODEL_BUNDLED", "RUN_STATE"].map(statusOf)).toEqual([409, 409, 409]);
  expect([statusOf("DEADLINE_EXCEEDED"), statusOf("BUSY")]).toEqual([422, 429]);
});

describe("POST /v1/rpc in lines", () => {
  const request = (format?: unknown) => {
    const message = { jsonrpc: "2.0", id: 1, method: "fill/run", params: songRequest() };
    return JSON.stringify(format === undefined ? message : { ...message, format });
  };

  test("they are asked for in the query or in the request", async () => {
    for (const [path, body] of [
      ["/v1/rpc?format=lines", request()],
      ["/v1/rpc", request("lines")],
    ] as const) {
      const answer = await ask("POST", path, body);
      expect([answer.status, answer.type]).toEqual([200, "text/plain; charset=utf-8"]);
      expect(readLines(answer.text).state).toBe("done");
    }
    const json = await ask("POST", "/v1/rpc", request("json"));
    expect(JSON.parse(json.text)).toMatchObject({ id: 1, result: { candidates: [{}] } });
  });

  test("errors are lines, and a notification has no answer", async () => {
    const wrong = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "fill/run", params: {}, format: "lines" });
    const answer = await ask("POST", "/v1/rpc", wrong);
    expect([answer.status, answer.text.slice(0, 22)]).toEqual([200, "error REQUEST_INVALID "]);
    const damaged = await ask("POST", "/v1/rpc?format=lines", "{");
    expect(damaged.text).toMatch(/^error [A-Z_]+ .*\nEND\n$/);
    const silent = await ask("POST", "/v1/rpc?format=lines", '{"jsonrpc":"2.0","method":"status"}');
    expect([silent.status, silent.text]).toEqual([204, ""]);
  });

  test("a batch in lines, and other formats, are refused", async () => {
    const batch = await ask("POST", "/v1/rpc?format=lines", `[${request()}]`);
    expect([batch.status, batch.text]).toEqual([
      400,
      expect.stringMatching(/^error REQUEST_INVALID .*batch/),
    ]);
    expect((await ask("POST", "/v1/rpc?format=xml", request())).status).toBe(400);
    const xml = await ask("POST", "/v1/rpc", request("xml"));
    expect(JSON.parse(xml.text)).toMatchObject({ error: { data: { code: "REQUEST_INVALID" } } });
  });
});

test("a pitch range is two numbers, or what people write", async () => {
  const notes = async (pitchRange: unknown) => {
    const controls = { pitchRange };
    const answer = await ask("POST", "/v1/fill", JSON.stringify({ ...songRequest(), controls }));
    return JSON.parse(answer.text);
  };
  const numbers = await notes([60, 64]);
  expect((await notes("C4-E4")).candidates[0].notes).toEqual(numbers.candidates[0].notes);
  for (const { pitch } of numbers.candidates[0].notes) expect(pitch >= 60 && pitch <= 64).toBe(true);
  expect((await notes("low-high")).error.code).toBe("PITCH_INVALID");
  expect((await notes("E4-C4")).error.code).toBe("PITCH_RANGE_INVERTED");
  expect((await notes([64, 60])).error.code).toBe("PITCH_RANGE_INVERTED");
  expect((await notes([64])).error.code).toBe("REQUEST_INVALID");
});
