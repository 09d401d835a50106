/**
 * REAPER: the built scripts stand alone, ReaPack's index lists them, and they call only functions that REAPER has.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SCRIPTS } from "./support/reaper.ts";

const RELEASE = "https://releases.invalid/continuo/v0";
const ACTIONS = [
  "Cancel",
  "Continue",
  "Fill again",
  "Fill in the roll...",
  "Fill",
  "Humanize",
  "Keep these notes",
  "Panel",
  "Settings",
  "Vary",
];
const files = ACTIONS.map((action) => `Continuo - ${action.replace("...", "")}.lua`);

/** Run the builder as a release does. */
function build(releaseUrl?: string): string {
  const out = mkdtempSync(join(tmpdir(), "continuo-reaper-"));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const { CONTINUO_RELEASE_URL: _, ...env } = process.env;
  const code = `import("./scripts/hosts/reaper.mjs").then(({ buildReaper }) => buildReaper({ out: ${JSON.stringify(out)}, version: "1.2.3" }))`;
  execFileSync(process.execPath, ["-e", code], {
    env: releaseUrl === undefined ? env : { ...env, CONTINUO_RELEASE_URL: releaseUrl },
    stdio: "pipe",
  });
  return out;
}

const tagsOf = (text: string) =>
  Object.fromEntries([...text.matchAll(/^-- @(\w+) (.+)$/gm)].map(([, name, value]) => [name, value]));

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

/** The XML that our index needs; anything else is an error. */
function parseXml(text: string): Element {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const plain = (value: string) =>
    value.replace(/&(\w+);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[String(name)] ?? "?");
  const token = /<\?xml [^>]*\?>|<!\[CDATA\[(.*?)\]\]>|<\/(\w+)>|<(\w+)((?: \w+="[^"<]*")*)(\/?)>|([^<]+)/gsy;
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, cdata, closed, opened, attributes = "", isEmpty, words] = match;
    end = match.index + whole.length;
    const top = open.at(-1) ?? root;
    if (closed !== undefined) {
      if (open.pop()?.name !== closed) throw new Error(`</${closed}> closes nothing`);
    } else if (opened !== undefined) {
      const element: Element = { name: opened, attributes: {}, children: [], text: "" };
      for (const [, name = "", value = ""] of attributes.matchAll(/(\w+)="([^"]*)"/g)) {
        element.attributes[name] = plain(value);
      }
      top.children.push(element);
      if (isEmpty !== "/") open.push(element);
    } else top.text += cdata ?? plain(words ?? "");
  }
  if (end !== text.length || open.length !== 1) throw new Error(`no XML from ${end} on`);
  const [only] = root.children;
  if (only === undefined || root.children.length !== 1) throw new Error("not one root");
  return only;
}

test("each action is one file with the tags that ReaPack wants", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(
    readdirSync(SCRIPTS)
      .filter((name) => name.endsWith(".lua"))
      .sort(),
  ).toEqual(files);
  for (const [index, file] of files.entries()) {
    const text = readFileSync(join(SCRIPTS, file), "utf8");
    expect(tagsOf(text)).toMatchObject({
      description: `Continuo: ${ACTIONS[index]}`,
      version,
      author: "Continuo",
      provides: "[main=main,midi_editor] .",
    });
    expect(text).not.toMatch(/@[A-Z_]+@|^--@modules|\bdofile\b|package\.path/m);
  }
});

test("the index says of each package what its head says, with an address of this release", () => {
  const out = build(RELEASE);
  expect(readdirSync(out).sort()).toEqual([...files, "index.xml"].sort());
  const index = parseXml(readFileSync(join(out, "index.xml"), "utf8"));
  expect([index.name, index.attributes]).toEqual(["index", { version: "1", name: "Continuo" }]);
  const [category] = index.children;
  expect([category?.name, category?.attributes.name, index.children.length]).toEqual([
    "category",
    "Continuo",
    1,
  ]);
  const packages = category?.children ?? [];
  expect(packages.map(({ attributes }) => attributes.name).sort()).toEqual(files);
  for (const { name, attributes, children } of packages) {
    const tags = tagsOf(readFileSync(join(out, attributes.name ?? ""), "utf8"));
    expect([name, attributes.type, attributes.desc]).toEqual(["reapack", "script", tags.description]);
    const [version] = children;
    expect([version?.name, version?.attributes]).toEqual(["version", { name: "1.2.3", author: tags.author }]);
    const [changelog, source] = version?.children ?? [];
    expect([changelog?.name, changelog?.text]).toEqual(["changelog", tags.about]);
    expect([source?.name, source?.attributes]).toEqual([
      "source",
      { platform: "all", main: "main midi_editor" },
    ]);
    expect(source?.text).toBe(`${RELEASE}/${encodeURIComponent(attributes.name ?? "")}`);
  }
});

test("there is no index without an address, and none with an open one", () => {
  expect(readdirSync(build()).sort()).toEqual(files);
  expect(() => build("http://releases.invalid/")).toThrow(/must be https/);
});

test("scripts call functions of REAPER's manual alone, and all that are listed", () => {
  const listed = readFileSync("test/host/reaper/fake/signatures.txt", "utf8")
    .split("\n")
    .flatMap((line) => (line.startsWith("#") ? [] : (/(\w+)\(/.exec(line)?.[1] ?? [])));
  const called = new Set<string>();
  for (const file of files) {
    const text = readFileSync(join(SCRIPTS, file), "utf8")
      .replace(/--.*$/gm, "")
      .replace(/"[^"\n]*"/g, '""');
    for (const [, name = ""] of text.matchAll(/\breaper\.(\w+)/g)) called.add(name);
  }
  expect([...called].sort()).toEqual([...listed].sort());
});
