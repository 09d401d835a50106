/**
 * A reader who follows the documents: a shell, and a home folder with the files that the examples name.
 */
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, inject } from "vitest";
import * as z from "zod";
import { importModel } from "../../../bridge/engine/user-models.ts";
import { finish, PROGRAM, type Result, runCli } from "../../bridge/support/cli.ts";
import { header, track } from "../../bridge/support/smf.ts";
import { songRequest } from "../../e2e/support/songs.ts";
import { until } from "../../e2e/support/wait.ts";

const FIXTURES = resolve("test/fixtures");
const PIECES = ["beethoven-op10-no2-allegretto.mid", "faure-apres-un-reve.mid", "holmes-le-desir.mid"];
/** What they are called in the examples. */
const TRACKS = ["Melody", "Piano", "Bass"];
/** Where programs of the system would be called that show or change something. */
const SYSTEM_PROGRAMS = ["systemctl", "notify-send", "xdg-open"];
/** Folders of the hosts, as their installations leave them. */
const HOST_FOLDERS = [".config/ardour7", ".config/REAPER", "Bitwig Studio/Controller Scripts", "REAPER"];
const FOLDERS = [
  ...["my-songs", "sketches", "album", "valid"],
  ...[
    "home/Music/midi",
    "home/Music/held-out",
    "home/Music/new-songs",
    "home/Music/sketches",
    "home/Music/songs",
  ],
];

const songSchema = z.looseObject({ tracks: z.array(z.looseObject({ name: z.string() })) });

export class Reader {
  /** Where commands run. */
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** One who has all that the examples start from. */
  static async prepared(): Promise<Reader> {
    const reader = new Reader(mkdtempSync(join(tmpdir(), "continuo-reader-")));
    await reader.#prepare();
    return reader;
  }

  /** Another one with the same files, at the same point. */
  copy(): Reader {
    const folder = mkdtempSync(join(tmpdir(), "continuo-reader-"));
    cpSync(this.folder, folder, { recursive: true });
    return new Reader(folder);
  }

  get continuoHome(): string {
    return join(this.folder, "home", "continuo");
  }

  async run(text: string, shell = "sh"): Promise<Result> {
    return finish(this.#start(text, shell));
  }

  /** Run what goes on until it is told to end, and tell it once it has said something. */
  async runUntilItSays(text: string): Promise<Result> {
    // The shell, too, would end by the signal.
    const child = this.#start(`exec ${text}`, "sh");
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        said += chunk;
      });
    }
    const ended = finish(child);
    await until(`a line of ${text}`, () => said.includes("\n") || child.exitCode !== null);
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGINT");
    return ended;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #start(text: string, shell: string) {
    const home = join(this.folder, "home");
    const { FORCE_COLOR: _, ...env } = process.env;
    return spawn(shell, ["-c", text], {
      cwd: this.folder,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...env,
        HOME: home,
        XDG_CONFIG_HOME: join(home, ".config"),
        CONTINUO_HOME: this.continuoHome,
        CONTINUO_BROWSER: "",
        PATH: `${join(this.folder, "bin")}:${process.env.PATH}`,
      },
    });
  }

  async #prepare(): Promise<void> {
    const at = (...names: string[]) => join(this.folder, ...names);
    for (const name of [...FOLDERS, ...HOST_FOLDERS.map((host) => `home/${host}`), "bin", "home/drafts"]) {
      mkdirSync(at(name), { recursive: true });
    }
    cpSync("examples/pieces", at("examples", "pieces"), { recursive: true });
    this.#program("continuo", `exec "${process.execPath}" "${PROGRAM}" "$@"`);
    for (const name of SYSTEM_PROGRAMS) this.#program(name, "");
    for (const [index, folder] of FOLDERS.entries()) {
      // Two in each, so that something can be held out.
      for (const offset of [0, 1]) {
        const piece = PIECES[(index + offset) % PIECES.length] ?? "";
        copyFileSync(join(FIXTURES, piece), at(folder, piece));
      }
    }
    const one = "beethoven-op10-no2-allegretto.mid";
    writeFileSync(
      at("regions.jsonl"),
      `${JSON.stringify({ piece: one, track: 1, startTick: 11520, endTick: 17280 })}\n`,
    );
    for (const folder of ["valid", "home/Music/held-out"]) copyFileSync(join(FIXTURES, one), at(folder, one));
    // A song without notes, as a DAW exports one.
    writeFileSync(at("empty.mid"), Buffer.concat([header(1, 1, 480), track()]));
    const request = { id: 1, in: "song.mid", track: 1, startTick: 7680, endTick: 15360, out: "batch.mid" };
    writeFileSync(at("requests.jsonl"), `${JSON.stringify(request)}\n`);
    writeFileSync(at("request.json"), JSON.stringify(songRequest()));
    mkdirSync(this.continuoHome);
    writeFileSync(join(this.continuoHome, "config.json"), JSON.stringify({ port: 0, tcpPort: 0 }));
    const tiny = { name: "tiny", licence: "none", source: "random weights" };
    importModel(inject("tinyModel"), { ...tiny, env: { CONTINUO_HOME: this.continuoHome } });
    await this.#makeSong();
    const small = "--batch 4 --seq 32";
    for (const command of [
      "continuo dataset build my-songs sketches album -o my-data",
      "cp -r my-data base-data",
      `continuo train my-data --model gru-16 ${small} --out my-lstm --steps 3`,
      "continuo train my-data --from tiny --batch 32 --out my-run --steps 8 --lr 0.01",
    ]) {
      expect(await this.run(command)).toMatchObject({ exitCode: 0 });
    }
  }

  /** A real piece whose tracks have the names of the examples. */
  async #makeSong(): Promise<void> {
    const piece = join(FIXTURES, "faure-apres-un-reve.mid");
    const { stdout } = await runCli(["notes", piece, "--json"]);
    const song = songSchema.parse(JSON.parse(stdout));
    for (const [index, track] of song.tracks.entries()) track.name = TRACKS[index] ?? track.name;
    writeFileSync(join(this.folder, "song.json"), JSON.stringify(song));
    expect(await this.run("continuo notes --decode song.json -o song.mid")).toMatchObject({ exitCode: 0 });
    copyFileSync(join(this.folder, "song.mid"), join(this.folder, "theme.mid"));
    mkdirSync(join(this.folder, "home", "Music", "fills"), { recursive: true });
  }

  #program(name: string, body: string): void {
    const path = join(this.folder, "bin", name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
  }
}
