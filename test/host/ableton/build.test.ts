/**
 * Ableton: the build with and without the SDK, which is simulated here by a folder of the same name and shape.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../bridge/support/cli.ts";

interface Options {
  out: string;
  version: string;
  sdk?: string | undefined;
}
const scripts = (name: string) => import(resolve("scripts", "hosts", name));
const build: (options: Options) => Promise<void> = (await scripts("ableton.mjs")).buildAbleton;
const zip: (files: [string, string | Uint8Array][]) => Buffer = (await scripts("stored-zip.mjs")).storedZip;

/** The files of an archive by its directory, as the format's document says; not by the writer's code. */
function unzipped(archive: Buffer): Record<string, Buffer> {
  const end = archive.length - 22;
  expect(archive.readUInt32LE(end)).toBe(0x06054b50);
  const files: Record<string, Buffer> = {};
  let offset = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count--) {
    expect(archive.readUInt32LE(offset)).toBe(0x02014b50);
    const [method, size] = [archive.readUInt16LE(offset + 10), archive.readUInt32LE(offset + 20)];
    const nameLength = archive.readUInt16LE(offset + 28);
    const name = archive.toString("utf8", offset + 46, offset + 46 + nameLength);
    const local = archive.readUInt32LE(offset + 42);
    const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const bytes = archive.subarray(from, from + size);
    files[name] = method === 0 ? bytes : inflateRawSync(bytes);
    offset += 46 + nameLength;
  }
  return files;
}

function fakeSdk(): string {
  const folder = join(temporaryFolder(), "sdk");
  mkdirSync(folder);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "@ableton-extensions/sdk", main: "index.cjs" }),
  );
  const classes = ["ClipSlot", "DataModelObject", "DrumRack", "MidiClip", "MidiTrack", "TakeLane"];
  const source = `${classes.map((name) => `exports.${name} = class ${name} {};`).join("\n")}
exports.initialize = () => { throw new Error("this is Ableton's"); };`;
  writeFileSync(join(folder, "index.cjs"), source);
  return folder;
}

test("with the SDK, the extension is one file that needs no other, in an archive that unzip reads", async () => {
  const out = temporaryFolder();
  await build({ out, version: "1.2.3", sdk: fakeSdk() });
  const path = join(out, "continuo-1.2.3.ablx");
  const files = unzipped(readFileSync(path));
  expect(Object.keys(files)).toEqual(["manifest.json", "extension.js"]);
  expect(JSON.parse(String(files["manifest.json"]))).toEqual({
    name: "Continuo",
    author: "Continuo",
    version: "1.2.3",
    entry: "extension.js",
    minimumApiVersion: "1.0.0",
  });
  const bundle = join(out, "again.cjs");
  writeFileSync(bundle, files["extension.js"] ?? "");
  const script = `require(${JSON.stringify(bundle)}).activate({})`;
  expect(() => execFileSync(process.execPath, ["-e", script], { stdio: "pipe" })).toThrow(
    /this is Ableton's/,
  );
  const tool = ["/usr/bin/unzip"].find(existsSync);
  if (tool !== undefined) expect(String(execFileSync(tool, ["-t", path]))).toMatch(/No errors detected/);
  const before = readFileSync(path);
  await build({ out, version: "1.2.3", sdk: fakeSdk() });
  expect(unzipped(readFileSync(path))["manifest.json"]).toEqual(unzipped(before)["manifest.json"]);
});

test("without the SDK there is no archive, and nothing of the SDK in the bundle", async () => {
  const out = temporaryFolder();
  await build({ out, version: "1.2.3", sdk: undefined });
  expect(existsSync(join(out, "continuo-1.2.3.ablx"))).toBe(false);
  expect(readFileSync(join(out, "extension.js"), "utf8")).toContain('require("@ableton-extensions/sdk")');
});

test("a folder that holds no SDK is told", async () => {
  const folder = temporaryFolder();
  await expect(build({ out: folder, version: "1", sdk: folder })).rejects.toThrow(/no package\.json/);
});

test("an archive: names beyond ASCII, empty files, bytes of all kinds; the same files, the same bytes", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7 + (index >> 8)) & 255);
  const files: [string, string | Uint8Array][] = [
    ["a/Flöte 低音.txt", "text"],
    ["empty", ""],
    ["bytes", bytes],
  ];
  const archive = zip(files);
  const found = unzipped(archive);
  expect(Object.keys(found)).toEqual(files.map(([name]) => name));
  expect(found.bytes?.equals(bytes)).toBe(true);
  expect(archive.equals(zip(files))).toBe(true);
  // CRC-32 of "text", of zlib's crc32().
  expect(archive.readUInt32LE(14)).toBe(0x3b8ba7c7);
});
