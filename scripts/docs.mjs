// npm run docs: what is generated from the protocol's table and from what is shipped; with --check it says what is stale and fails.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { codesDocument } from "./docs/codes.mjs";
import { jsonShapesDocument } from "./docs/json.mjs";
import { protocolPage } from "./docs/markdown.mjs";
import { openApiDocument } from "./docs/openapi.mjs";
import { describeProtocol, schemaDocument } from "./docs/schema.mjs";
import { typesDocument } from "./docs/types.mjs";
import { bundledFiles } from "./steps/bundled.mjs";
import { notice } from "./steps/notice.mjs";
import { main, root, StepError } from "./steps/run.mjs";

main(async () => {
  const files = await generate();
  const stale = Object.entries(files).filter(([path, text]) => read(path) !== text);
  if (process.argv.includes("--check")) {
    if (stale.length === 0) return;
    throw new StepError(`stale: ${stale.map(([path]) => path).join(", ")}; run npm run docs`);
  }
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    process.stdout.write(`${path}\n`);
  }
});

async function generate() {
  const {
    METHODS,
    NOTIFICATIONS,
    LIMITS: limits,
    PROTOCOL_VERSION: protocolVersion,
    STATUS_OF,
    JSON_SHAPES,
  } = await load();
  const { version } = JSON.parse(read("package.json"));
  const protocol = describeProtocol({ METHODS, NOTIFICATIONS });
  const statuses = statusList(STATUS_OF);
  const examples = Object.fromEntries(
    readdirSync(join(root, "test", "contract"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json"))
      .map((name) => [name.replaceAll("\\", "/"), read("test", "contract", name)]),
  );
  const facts = { version, protocolVersion, limits, statuses, examples };
  const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    "docs/protocol.md": protocolPage(read("scripts", "docs", "protocol.md"), protocol, facts),
    "docs/protocol.schema.json": json(schemaDocument(protocol, facts)),
    "docs/json.schema.json": json(jsonShapesDocument(JSON_SHAPES)),
    "docs/openapi.json": json(openApiDocument(protocol, facts)),
    "bridge/client/generated/protocol.ts": typesDocument(protocol),
    "bridge/client/generated/error-codes.ts": codesDocument(read("docs", "errors.md")),
    NOTICE: notice(await bundledFiles()),
  };
}

/** Codes by status, such as [401, "TOKEN_MISSING, TOKEN_WRONG"]. */
function statusList(statusOf) {
  const codes = new Map();
  for (const [code, status] of Object.entries(statusOf))
    codes.set(status, [...(codes.get(status) ?? []), code]);
  return [...codes].sort(([a], [b]) => a - b).map(([status, names]) => [status, names.join(", ")]);
}

/** What the pages are made from, as the program has it. */
async function load() {
  const sources = [
    "protocol/methods",
    "protocol/limits",
    "protocol/version",
    "daemon/transports/http-status",
    "cli/json-shapes",
  ];
  const outfile = join(tmpdir(), `continuo-docs-${process.pid}.mjs`);
  await build({
    stdin: {
      contents: sources.map((source) => `export * from "./bridge/${source}.ts";`).join("\n"),
      resolveDir: root,
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

function read(...path) {
  try {
    return readFileSync(join(root, ...path), "utf8");
  } catch {
    return undefined;
  }
}
