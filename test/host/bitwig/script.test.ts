/**
 * Bitwig: the built file: its language level, the API it uses, the messages it sends; and that the simulated Bitwig
 * rejects what Bitwig rejects.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { transformSync } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { Bitwig, type BitwigOptions, onEachEngine, SCRIPT } from "./support/bitwig.ts";
import { eighths, FILLED, open, present, sentRequests, setBars } from "./support/music.ts";
import { sinceOf, used } from "./support/strict.ts";

const CONTRACT = resolve("test/contract");
const golden = (name: string) => JSON.parse(readFileSync(join(CONTRACT, name), "utf8"));
const script = readFileSync(SCRIPT, "utf8");

test("it is JavaScript of 2009, in ASCII", () => {
  expect(script).toMatch(/^[\t\n\x20-\x7e]*$/);
  // What can't be said in ES5 fails; what esbuild would put into other words is not ES5 either.
  const to = (target: string, text: string) =>
    transformSync(text, { target, loader: "js", minifyIdentifiers: true }).code;
  expect(to("es5", script)).toBe(to("esnext", script));
  expect(() => to("es5", "let x = 1;")).toThrow();
  expect(to("es5", "f(() => 1);")).not.toBe(to("esnext", "f(() => 1);"));
});

test("its types agree with the API, and with the library of ES5", () => {
  const tsc = resolve("node_modules/typescript/bin/tsc");
  const run = () =>
    execFileSync(process.execPath, [tsc, "-p", "plugin-host-script/bitwig"], { encoding: "utf8" });
  expect(run()).toBe("");
});

test("all of the API that it declares is documented, for the version that it loads", () => {
  const declared = readFileSync("plugin-host-script/bitwig/bitwig-api.d.ts", "utf8");
  const loaded = Number(/loadAPI\((\d+)\)/.exec(script)?.[1]);
  const found: string[] = [];
  for (const [, name = "", body = ""] of declared.matchAll(/^interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)) {
    const documented = name === "PreferencesOfHost" ? "Preferences" : name;
    for (const [, method = ""] of body.matchAll(/^ {2}(\w+)\(/gm)) {
      const since = sinceOf(documented, method);
      expect([documented, method, since === undefined ? "undocumented" : since <= loaded]).toEqual([
        documented,
        method,
        true,
      ]);
      found.push(`${documented}.${method}`);
    }
  }
  expect(found.length).toBeGreaterThan(60);
});

onEachEngine(() => {
  test("frames are those of the contract, in bytes with a sign", () => {
    const bitwig = new Bitwig();
    for (const { text, hex } of golden("frames.json")) {
      const frame = bitwig.evaluate(`frameFromText(${JSON.stringify(text)})`) as number[];
      expect(Buffer.from(frame).toString("hex")).toBe(hex);
      expect(Math.min(...frame)).toBeGreaterThanOrEqual(-128);
      expect(Math.max(...frame)).toBeLessThanOrEqual(127);
    }
  });

  test("every golden message comes through text and bytes unchanged, and so does any text", () => {
    const bitwig = new Bitwig();
    const names = readdirSync(CONTRACT).filter((name) => name.endsWith(".json"));
    const texts = names.map((name) => readFileSync(join(CONTRACT, name), "utf8"));
    for (const text of [...texts, "Flöte ♪ 𝄞 日本 \u0000\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}"]) {
      const bytes = bitwig.evaluate(`bytesFromText(${JSON.stringify(text)})`) as number[];
      expect(Buffer.from(bytes).equals(Buffer.from(text, "utf8"))).toBe(true);
      expect(bitwig.evaluate(`textFromBytes(bytesFromText(${JSON.stringify(text)}))`)).toBe(text);
    }
    const half = bitwig.evaluate('bytesFromText("a\\ud800b")') as number[];
    expect(Buffer.from(half).toString("utf8")).toBe("a\ufffdb");
  });

  test("a golden answer is read: what the clip shall hold with each candidate", () => {
    const bitwig = new Bitwig();
    const { params: job } = golden("notifications/fill-end.json");
    const { params } = golden("fill-start.json");
    const { region } = params.request;
    const asked = params.request.tracks[0].notes.filter(
      ({ startTick }: { startTick: number }) => startTick >= region.startTick && startTick < region.endTick,
    );
    for (const [index, candidate] of job.result.candidates.entries()) {
      const fill = JSON.stringify({ region, asked, result: job.result });
      const wanted = bitwig.evaluate(`wantedNotes(${fill}, ${index}, [], null)`) as object[];
      expect(wanted).toHaveLength(candidate.notes.length);
      for (const note of candidate.notes) expect(wanted).toContainEqual(expect.objectContaining(note));
      // A note that came meanwhile and sounds into the region, or is muted in it, is not written over.
      const [first] = candidate.notes;
      for (const [startTick, isMuted] of [
        [region.startTick - 48, false],
        [region.startTick + 48, true],
      ]) {
        const late = JSON.stringify([{ ...first, startTick, durationTicks: 96, isMuted, isSelected: false }]);
        const spared = bitwig.evaluate(`wantedNotes(${fill}, ${index}, ${late}, [])`) as object[];
        expect(spared).toHaveLength(candidate.notes.length - 1);
      }
    }
  });
});

test("a request has the fields of the golden one", async () => {
  const { bitwig } = await open((project) => {
    project.addLauncherClip({ length: 32, notes: eighths(0, 32) });
  });
  setBars(bitwig, 3, 4);
  bitwig.panel.set("Model", "tiny");
  await bitwig.finish("Fill", FILLED);
  const { params } = golden("fill-start.json");
  const request = present(sentRequests(bitwig)[0]);
  const known = [...Object.keys(params.request), "lockedNotes", "model"];
  expect(known).toEqual(expect.arrayContaining(Object.keys(request)));
  expect(Object.keys(params.request.tracks[0])).toEqual(
    expect.arrayContaining(Object.keys(present(request.tracks[0]))),
  );
  const [hello] = bitwig.requests("initialize");
  expect(Object.keys(golden("initialize.json").params).sort()).toEqual(Object.keys(present(hello)).sort());
});

/** The script with one mistake in it. */
function mistaken(from: string | RegExp, to: string, options: BitwigOptions = {}): () => Bitwig {
  return () =>
    new Bitwig({
      ...options,
      change: (text) => {
        const changed = text.replace(from, to);
        expect(changed).not.toBe(text);
        return changed;
      },
    });
}

test("the stand-in refuses what Bitwig refuses", () => {
  expect(mistaken("var PAGE_STEPS = 512;", "var PAGE_STEPS = 513;")).toThrow("a grid of 513 x 128");
  expect(mistaken("clip.scrollToKey(0)", "clip.scrollToPitch(0)")).toThrow(
    "Clip.scrollToPitch is not in Bitwig's API",
  );
  expect(mistaken("host.defineMidiPorts(0, 0);", "host.createTransport();")).toThrow(
    "createTransport is called outside",
  );
  expect(mistaken("host.defineMidiPorts(0, 0);", "console.log(1);")).toThrow("console is not defined");
  expect(mistaken("host.defineMidiPorts(0, 0);", "setTimeout(init, 1);")).toThrow(
    "setTimeout is not defined",
  );
  expect(mistaken("host.defineMidiPorts(0, 0);", "new TextEncoder();")).toThrow("TextEncoder is not defined");
  expect(mistaken("loadAPI(17)", "loadAPI(99)")).toThrow("API 99");
});

test("the stand-in tells what is read without interest, or marked too late", async () => {
  const project = (await open((made) => void made.addLauncherClip({}))).project;
  const reading = mistaken("transport.tempo().markInterested();", "", { project })();
  await reading.finish("Fill", /TypeError|something is wrong/);
  expect(reading.errors.join()).toContain("Parameter is read, but init did not say that it is of interest");
  const late = mistaken(
    "function cancel() {",
    "function cancel() { parts.transport.tempo().markInterested();",
    { project },
  )();
  await late.finish("Cancel", /something is wrong/);
  expect(late.errors.join()).toContain("Parameter.markInterested is called outside init");
});

afterAll(() => {
  // Whatever the tests of this file made the script use is in the documentation's list.
  for (const name of used) {
    const [kind = "", method = ""] = name.split(".");
    expect([name, sinceOf(kind, method) !== undefined]).toEqual([name, true]);
  }
  expect(used.size).toBeGreaterThan(50);
});
