/**
 * Every link of README is part of the package, and the documents describe the models that are in it.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";

const packSchema = z.array(z.object({ files: z.array(z.object({ path: z.string() })) }));

/** Relative targets of a page's links and pictures. */
function targetsOf(page: string): string[] {
  const text = readFileSync(page, "utf8").replace(/^```[\s\S]*?^```/gm, "");
  const links = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g), ...text.matchAll(/(?:src|href)="([^"#]+)/g)];
  return links
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/i.test(target))
    .map((target) => normalize(join(dirname(page), target)).replaceAll("\\", "/"));
}

/** README and the pages of docs/ that it leads to, one after the other. */
function pagesFromReadme(): string[] {
  const pages = ["README.md"];
  for (const page of pages) {
    const more = targetsOf(page).filter((target) => /^docs\/.*\.md$/.test(target));
    pages.push(...more.filter((target) => !pages.includes(target)));
  }
  return pages;
}

test("every file that README and the pages behind it link to is in the package", () => {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const told = execFileSync(npm, ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    shell: process.platform === "win32",
  });
  const [packed] = packSchema.parse(JSON.parse(told));
  const paths = packed?.files.map(({ path }) => path) ?? [];
  const isThere = (target: string) =>
    paths.includes(target) || paths.some((path) => path.startsWith(`${target}/`));
  const pages = pagesFromReadme();
  expect(pages.length).toBeGreaterThan(10);
  const missing = pages.flatMap((page) => targetsOf(page).filter((target) => !isThere(target)));
  expect(missing).toEqual([]);
});

test("every relative link of the documents leads to a file", () => {
  const pages = [
    ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"],
    ...["docs", "docs/hosts", "docs/design", "models/cards"].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".md"))
        .map((name) => `${folder}/${name}`),
    ),
  ];
  const broken = pages.flatMap((page) =>
    targetsOf(page)
      .filter((target) => !existsSync(target))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

const manifestSchema = z.object({
  models: z.array(z.object({ id: z.string(), sha256: z.string(), size: z.int() })),
});
const { models } = manifestSchema.parse(JSON.parse(readFileSync("models/manifest.json", "utf8")));

test.each(models)("the card of $id names the weights that are there", ({ id, sha256, size }) => {
  const card = readFileSync(`models/cards/${id}.md`, "utf8");
  expect(/sha256 `([0-9a-f]{64})`/.exec(card)?.[1]).toBe(sha256);
  expect(/, ([\d.]+) MB \(f16\)/.exec(card)?.[1]).toBe((size / 1e6).toFixed(1));
});

const shownIn = (path: string) =>
  [
    ...readFileSync(path, "utf8").matchAll(/"id": "([\w-]+)",\s+(?:"isDefault": \w+,\s+)?"sha256": "(\w+)"/g),
  ].map(([, id = "", sha256 = ""]) => ({ path, id, sha256 }));
const examples = readdirSync("test/contract", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".json"))
  .map((name) => `test/contract/${name.replaceAll("\\", "/")}`);

test.each(["docs/protocol.md", ...examples].flatMap(shownIn))(
  "$path shows $id with the weights that are there",
  ({ id, sha256 }) => {
    // Others are somebody's own.
    const known = models.find((model) => model.id === id)?.sha256 ?? sha256;
    expect(sha256).toBe(known);
  },
);
