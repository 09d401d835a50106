/**
 * Schemathesis sends valid and invalid requests from docs/openapi.json: the daemon never fails, and every answer has
 * the documented shape.
 */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import * as z from "zod";
import { finish } from "../../bridge/support/cli.ts";
import { overHttp, resultOf } from "../support/callers.ts";
import { startDaemon } from "../support/daemon.ts";
import { testWith } from "../support/needs.ts";

/** A run takes one to two minutes of a machine that has nothing else to do. */
const LIMIT_MS = 900_000;
const PROGRAM = "schemathesis";
const isThere = spawnSync(PROGRAM, ["--version"]).status === 0;

const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "unsupported_method",
  "ignored_auth",
];

/** What would end the daemon, or read all of the machine's folders. */
const LEFT_OUT = new Set(["shutdown", "training/start", "dataset/check"]);

const shapeSchema = z.looseObject({
  properties: z.record(z.string(), z.union([z.boolean(), z.record(z.string(), z.unknown())])).default({}),
  oneOf: z.array(z.object({ $ref: z.string() })).optional(),
});
const documentSchema = z.looseObject({
  paths: z.looseObject({
    "/v1/get": z.looseObject({
      get: z.looseObject({
        parameters: z.array(
          z.looseObject({
            name: z.string(),
            schema: z.looseObject({ enum: z.array(z.string()).optional() }),
          }),
        ),
      }),
    }),
  }),
  components: z.looseObject({ schemas: z.record(z.string(), shapeSchema) }),
});

/** The document, narrowed to songs so small and alike that many of them can be filled. */
function narrowed(): unknown {
  const document = documentSchema.parse(JSON.parse(readFileSync("docs/openapi.json", "utf8")));
  const { schemas } = document.components;
  const shape = (name: string) => {
    const found = schemas[name];
    if (found === undefined) throw new Error(`docs/openapi.json has no ${name}`);
    return found;
  };
  const requests = shape("RpcRequest");
  requests.oneOf = requests.oneOf?.filter(({ $ref }) => {
    const { method } = shape($ref.replace("#/components/schemas/", "")).properties;
    return typeof method !== "object" || !LEFT_OUT.has(String(method.const));
  });
  for (const { name, schema } of document.paths["/v1/get"].get.parameters) {
    if (name === "method") schema.enum = schema.enum?.filter((method) => !LEFT_OUT.has(method));
  }
  const narrow = (name: string, field: string, more: Record<string, unknown>) => {
    const { properties } = shape(name);
    const known = properties[field];
    if (typeof known !== "object") throw new Error(`docs/openapi.json has no ${field} in ${name}`);
    properties[field] = { ...known, ...more };
  };
  narrow("Track", "id", { enum: ["1"] });
  // Answers may name other regions: what is beyond these bounds is right all the same.
  schemas.AskedRegion = structuredClone(shape("Region"));
  narrow("FillRequest", "region", { $ref: "#/components/schemas/AskedRegion" });
  narrow("AskedRegion", "trackId", { enum: ["1"] });
  narrow("AskedRegion", "startTick", { maximum: 8 });
  narrow("AskedRegion", "endTick", { minimum: 9, maximum: 40 });
  narrow("FillRequest", "ppq", { minimum: 4, maximum: 24 });
  narrow("FillRequest", "model", { enum: ["tiny"] });
  narrow("Sampling", "candidates", { maximum: 2 });
  return document;
}

testWith(PROGRAM, isThere)(
  "whatever the document allows, or does not, is answered as it says",
  async () => {
    const daemon = await startDaemon();
    const path = join(daemon.home, "openapi.json");
    writeFileSync(path, JSON.stringify(narrowed()));
    const args = ["run", path, "--url", daemon.url, "--header", `Authorization: Bearer ${daemon.token()}`];
    const bounds = ["--phases", "coverage,fuzzing", "--max-examples", "25", "--max-failures", "20"];
    const same = ["--seed", "7", "--generation-database", "none", "--no-color"];
    const slow = ["--request-timeout", "120", "--suppress-health-check", "all"];
    const child = spawn(PROGRAM, [...args, ...bounds, ...same, ...slow, "--checks", CHECKS.join(",")], {
      cwd: daemon.home,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { exitCode, stdout, stderr } = await finish(child);
    expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
    expect(Number(/(\d+) generated/.exec(stdout)?.[1])).toBeGreaterThan(1_000);
    const { jobs } = resultOf(await overHttp(daemon).call("status"));
    expect(jobs.kept, "some of the songs were filled").toBeGreaterThan(10);
    expect(daemon.log()).not.toContain('"level":50');
  },
  LIMIT_MS,
);
