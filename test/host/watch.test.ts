/**
 * continuo watch: the real program, with a folder that a DAW exports into.
 */
import { chmodSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { notificationCommand } from "../../bridge/watch/notification.ts";
import { copyBeside, isOwnOutput, outputName } from "../../bridge/watch/output-names.ts";
import { errorCode, runCli, temporaryFolder } from "../bridge/support/cli.ts";
import { expectOutsideUntouched, tracksOf } from "../bridge/support/fill-checks.ts";
import { type RawEvent, textEvent, withEvents, withTexts } from "../bridge/support/smf.ts";
import { startDaemon } from "../e2e/support/daemon.ts";
import { until } from "../e2e/support/wait.ts";
import { filesIn } from "./support/program.ts";
import { put, startWatch } from "./support/watch.ts";

const FAURE = readFileSync("test/fixtures/faure-apres-un-reve.mid");
const DRUMS = readFileSync("test/fixtures/drummer1-rock-115.mid");
/** Bars of 3/4 at 480 a quarter: 9 to 12. */
const REGION = { startTick: 8 * 1440, endTick: 12 * 1440 };
const MARKED = withTexts(FAURE, [
  textEvent(REGION.startTick, "[fill Violoncelle"),
  textEvent(REGION.endTick, "fill]"),
]);

const tiny = () => ["--model", inject("tinyModel"), "--no-notify"];
const exists = (folder: string, name: string) => readdirSync(folder).includes(name);

describe("a song", () => {
  test("with marks is filled beside itself: the notes of continuo fill, everything else as before", async () => {
    const { folder, child, ended, said } = await startWatch([...tiny(), "--seed", "7", "--density", "6"]);
    put(folder, "Après un rêve (Nº 1).mid", MARKED);
    const name = "Après un rêve (Nº 1).filled.mid";
    await until("the fill", () => exists(folder, name));
    await until("the word", () => said().includes(name));
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(said()).toContain("marked bars 9-12 of track 1 (Violoncelle)");
    const [input, output] = [join(folder, "Après un rêve (Nº 1).mid"), join(folder, name)];
    expect(readFileSync(input).equals(MARKED)).toBe(true);
    expectOutsideUntouched({ input, output, answer: { region: { track: 1, ...REGION } } });
    const own = join(temporaryFolder(), "own.mid");
    const ticks = `${REGION.startTick}-${REGION.endTick}`;
    const same = ["--track", "1", "--ticks", ticks, "--seed", "7", "--density", "6"];
    expect(await runCli(["fill", input, ...same, "-o", own, "--model", inject("tinyModel")])).toMatchObject({
      exitCode: 0,
    });
    expect(readFileSync(output).equals(readFileSync(own))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual([name, "Après un rêve (Nº 1).mid"].sort());
  });

  test("without marks, in which two bars were cleared, is filled there and nowhere else", async () => {
    const region = { track: 1, startTick: 20 * 1920, endTick: 22 * 1920 };
    const { chunk: index } = tracksOf("test/fixtures/drummer1-rock-115.mid")[0] ?? { chunk: 0 };
    // Offs stay: some end what began before.
    const isOnInside = ({ tick, hex }: RawEvent) =>
      tick >= region.startTick && tick < region.endTick && hex.startsWith("99") && !hex.endsWith("00");
    const cleared = withEvents(DRUMS, index, (events) => events.filter((event) => !isOnInside(event)));
    const { folder, said } = await startWatch(tiny());
    put(folder, "drums.mid", cleared);
    await until("the fill", () => said().includes("empty bars 21-22 of track 1"));
    const [input, output] = [join(folder, "drums.mid"), join(folder, "drums.filled.mid")];
    expectOutsideUntouched({ input, output, answer: { region } });
  });

  test("with candidates, and exported again: every fill has a name of its own, none is written over", async () => {
    const { folder, said } = await startWatch([...tiny(), "--candidates", "2"]);
    writeFileSync(join(folder, "a.filled-2.mid"), "the user's own");
    put(folder, "a.mid", MARKED);
    await until("two fills", () => said().includes("a.filled.mid, a.filled-3.mid"));
    const first = readFileSync(join(folder, "a.filled.mid"));
    put(folder, "a.mid", MARKED);
    await until("two more", () => said().includes("a.filled-4.mid, a.filled-5.mid"));
    expect(readFileSync(join(folder, "a.filled.mid")).equals(first)).toBe(true);
    expect(readFileSync(join(folder, "a.filled-2.mid"), "utf8")).toBe("the user's own");
    expect(readdirSync(folder).length).toBe(6);
  });

  test("by the daemon that runs, with the same notes", async () => {
    const daemon = await startDaemon();
    const env = { CONTINUO_HOME: daemon.home };
    const { folder, said } = await startWatch(["--model", "tiny", "--seed", "3", "--no-notify"], { env });
    put(folder, "a.mid", MARKED);
    await until("the fill", () => said().includes("a.filled.mid"));
    const response = await fetch(`${daemon.url}/metrics`, {
      headers: { authorization: `Bearer ${daemon.token()}` },
    });
    expect(await response.text()).toMatch(/continuo_fills_total\{state="done"\} 1\n/);
    const own = join(temporaryFolder(), "own.mid");
    const region = ["--track", "1", "--bars", "9-12", "--seed", "3", "--model", inject("tinyModel")];
    await runCli(["fill", join(folder, "a.mid"), ...region, "-o", own, "--no-daemon"]);
    expect(readFileSync(join(folder, "a.filled.mid")).equals(readFileSync(own))).toBe(true);
  });
});

describe("the folder", () => {
  test("what is there already is left alone, also links and fills; --existing takes it", async () => {
    const folder = temporaryFolder();
    for (const name of ["old.mid", "x.filled.mid", "._old.mid"]) put(folder, name, MARKED);
    symlinkSync(join(folder, "old.mid"), join(folder, "link.mid"));
    const first = await startWatch(tiny(), { folder });
    put(folder, "new.MIDI", MARKED);
    await until("the new one", () => exists(folder, "new.filled.mid"));
    first.child.kill("SIGINT");
    await first.ended;
    expect(exists(folder, "old.filled.mid")).toBe(false);
    rmSync(join(folder, "new.MIDI"));
    const second = await startWatch([...tiny(), "--existing"], { folder });
    await until("the old one", () => exists(folder, "old.filled.mid"));
    put(folder, "last.mid", MARKED);
    await until("the last one", () => exists(folder, "last.filled.mid"));
    second.child.kill("SIGTERM");
    expect((await second.ended).exitCode).toBe(0);
    const fills = ["last.filled.mid", "new.filled.mid", "old.filled.mid", "x.filled.mid"];
    expect(readdirSync(folder).sort()).toEqual(
      ["._old.mid", "last.mid", "link.mid", "old.mid", ...fills].sort(),
    );
  });

  test("a bad file is one message, and the next is filled", async () => {
    const { folder, said } = await startWatch(tiny());
    put(folder, "bad.mid", Buffer.from("no song"));
    put(folder, "unclear.mid", FAURE);
    await until("both messages", () => said().split("error[").length === 3);
    put(folder, "good.mid", MARKED);
    await until("the good one", () => exists(folder, "good.filled.mid"));
    expect(said()).toContain("bad.mid: error[MIDI_NOT_MIDI]");
    expect(said()).toContain("unclear.mid: error[GAP_AMBIGUOUS]");
    expect(said().split("error[").length).toBe(3);
    put(folder, "bad.mid", MARKED);
    await until("the bad one, mended", () => exists(folder, "bad.filled.mid"));
  });

  test("WATCH_FOLDER_GONE: ends when the folder is taken away", async () => {
    const { folder, ended } = await startWatch(tiny());
    rmSync(folder, { recursive: true });
    const { exitCode, stderr } = await ended;
    expect([exitCode, errorCode(stderr)]).toEqual([1, "WATCH_FOLDER_GONE"]);
  });

  test("WATCH_FOLDER_MISSING: a missing folder, and a missing model", async () => {
    const nowhere = join(temporaryFolder(), "none");
    const { exitCode, stderr } = await runCli(["watch", nowhere, ...tiny()]);
    expect([exitCode, errorCode(stderr)]).toEqual([1, "WATCH_FOLDER_MISSING"]);
    const other = await runCli(["watch", temporaryFolder(), "--model", "none"]);
    expect([other.exitCode, errorCode(other.stderr)]).toEqual([1, "MODEL_NOT_FOUND"]);
  });

  test.runIf(process.platform === "linux")("a notification for each, and --no-notify", async () => {
    const tools = temporaryFolder();
    const heard = join(tools, "heard.txt");
    writeFileSync(join(tools, "notify-send"), `#!/bin/sh\nprintf '%s|' "$@" >> ${heard}\n`);
    chmodSync(join(tools, "notify-send"), 0o755);
    const env = { PATH: `${tools}${delimiter}${process.env.PATH}` };
    const { folder } = await startWatch(["--model", inject("tinyModel")], { env });
    put(folder, "a<b>.mid", MARKED);
    await until("the notification", () => exists(tools, "heard.txt"));
    await until("all of it", () => readFileSync(heard, "utf8").endsWith("|"));
    expect(readFileSync(heard, "utf8")).toBe("--app-name=Continuo|--|Filled|a&lt;b&gt;.filled.mid|");
    const silent = await startWatch(tiny(), { env });
    put(silent.folder, "a.mid", MARKED);
    await until("the fill", () => silent.said().includes("a.filled.mid"));
    expect(readFileSync(heard, "utf8").split("Filled").length).toBe(2);
  });
});

describe("names and notifications", () => {
  test("own outputs are known by their names", () => {
    expect([1, 2, 12].map((number) => outputName("a.b.MID", number))).toEqual([
      "a.b.filled.mid",
      "a.b.filled-2.mid",
      "a.b.filled-12.mid",
    ]);
    for (const name of ["a.filled.mid", "a.filled-2.mid", "A.FILLED.MID"])
      expect(isOwnOutput(name)).toBe(true);
    for (const name of ["a.mid", "filled.mid", "a.filled-.mid"]) expect(isOwnOutput(name)).toBe(false);
  });

  test("where files can have no second name, nothing is written over either", async () => {
    const folder = temporaryFolder();
    for (const name of ["a.mid", "one", "two"]) writeFileSync(join(folder, name), name);
    writeFileSync(join(folder, "a.filled-2.mid"), "the user's own");
    // As Windows says it on a memory stick.
    const noLinks = () => Promise.reject(Object.assign(new Error("EISDIR"), { code: "EISDIR" }));
    const fills = [join(folder, "one"), join(folder, "two")];
    expect(await copyBeside(join(folder, "a.mid"), fills, noLinks)).toEqual([
      "a.filled.mid",
      "a.filled-3.mid",
    ]);
    expect(filesIn(folder)).toEqual({
      "a.mid": "a.mid",
      one: "one",
      two: "two",
      "a.filled.mid": "one",
      "a.filled-2.mid": "the user's own",
      "a.filled-3.mid": "two",
    });
    const nowhere = copyBeside(join(folder, "none", "a.mid"), fills);
    await expect(nowhere).rejects.toMatchObject({ code: "OUTPUT_FOLDER_MISSING" });
  });

  test.each(["linux", "darwin", "win32"] as const)("%s: texts are never part of a command", (platform) => {
    const [title, text] = ["-e quit", 'a"; rm -rf $HOME; `id` $(id) "b'];
    const command = notificationCommand(platform, title, text);
    const code = command?.args.filter((arg) => arg !== title && arg !== text).join(" ");
    expect(code).not.toContain("rm -rf");
    const texts = [...(command?.args ?? []), ...Object.values(command?.env ?? {})];
    expect(texts).toContain(title);
    expect(texts).toContain(text);
  });

  test("another system has none", () => {
    expect(notificationCommand("aix", "a", "b")).toBeUndefined();
  });
});
