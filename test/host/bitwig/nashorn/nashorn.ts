/**
 * Nashorn, Bitwig's script engine, in a Java process of its own. Calls in both directions are synchronous: each side
 * waits until the other has finished.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { nashornFolder, nashornJars } from "../../../../scripts/steps/nashorn.mjs";
import type { Engine } from "../support/engine.ts";
import { apiInJava } from "./api-java.ts";
import { unword, Wire, word } from "./wire.ts";

const DECLARATIONS = "plugin-host-script/bitwig/bitwig-api.d.ts";
const READ_BYTES = 1 << 16;

/** Is it here? Pipes with names are, on Linux and macOS. */
export function hasNashorn(): boolean {
  return process.platform !== "win32" && nashornJars() !== undefined;
}

/** The harness, compiled once for each text of it. */
function classes(jars: readonly string[]): string {
  const names = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".java"));
  const sources = new Map(names.map((name) => [name, readFileSync(join(import.meta.dirname, name), "utf8")]));
  sources.set("Api.java", apiInJava(readFileSync(DECLARATIONS, "utf8")));
  const hash = createHash("sha256")
    .update(JSON.stringify([...sources]))
    .digest("hex")
    .slice(0, 16);
  const folder = join(nashornFolder, `harness-${hash}`);
  if (existsSync(folder)) return folder;
  mkdirSync(nashornFolder, { recursive: true });
  const made = mkdtempSync(join(nashornFolder, "new-"));
  for (const [name, text] of sources) writeFileSync(join(made, name), text);
  const files = [...sources.keys()].map((name) => join(made, name));
  execFileSync("javac", ["-Xlint:all", "-Werror", "-cp", jars.join(delimiter), "-d", made, ...files]);
  try {
    renameSync(made, folder);
  } catch {
    // Another test was faster.
    rmSync(made, { recursive: true });
  }
  return folder;
}

class Java {
  private readonly child: ChildProcess;
  private readonly folder: string;
  private readonly input: number;
  private readonly output: number;
  private readonly wire = new Wire((id, values) => {
    // What a project still has to tell when the test is over.
    if (!this.isOpen) return undefined;
    const words = values.map((value) => this.wire.encode(value));
    return this.command(["invoke", id, ...words].join(" "));
  });
  private text = "";
  private count = 0;
  private isOpen = true;

  constructor() {
    const jars = nashornJars() ?? [];
    const path = [...jars, classes(jars)].join(delimiter);
    this.folder = mkdtempSync(join(tmpdir(), "continuo-nashorn-"));
    const [input, output, errors] = ["input", "output", "errors"].map((name) => join(this.folder, name));
    execFileSync("mkfifo", [String(input), String(output)]);
    // The shell opens the pipes, so that nobody waits in vain where Java does not start.
    const command = 'exec java -XX:TieredStopAtLevel=1 -cp "$0" Harness <"$1" >"$2" 2>"$3"';
    this.child = spawn("sh", ["-c", command, path, String(input), String(output), String(errors)], {
      stdio: "ignore",
      env: { ...process.env, CONTINUO_HOME: "/nowhere", HOME: "/nowhere" },
    });
    this.input = openSync(String(input), "w");
    this.output = openSync(String(output), "r");
  }

  open(host: object): Engine {
    const id = String(this.count++);
    this.command(`open ${id} ${this.wire.encode(host)}`);
    return {
      load: (text) => void this.command(`load ${id} ${word(text)}`),
      call: (name) => void this.command(`call ${id} ${name}`),
      evaluate: (expression) => JSON.parse(String(this.command(`eval ${id} ${word(expression)}`) ?? "null")),
    };
  }

  close(): void {
    this.isOpen = false;
    closeSync(this.input);
    closeSync(this.output);
    this.child.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @throws what the script threw */
  private command(line: string): unknown {
    this.write(line);
    for (;;) {
      const [kind = "", first = "", ...rest] = this.read().split(" ");
      if (kind === "done") return this.wire.decode(first);
      if (kind === "failed") throw new Error(unword(first));
      this.answer(first, rest);
    }
  }

  /** The script calls a method of ours. */
  private answer(object: string, [method = "", ...words]: readonly string[]): void {
    let reply: string;
    try {
      const values = words.map((each) => this.wire.decode(each));
      reply = `result ${this.wire.encode(this.wire.object(object)[method]?.(...values))}`;
    } catch (thrown) {
      reply = `throw ${word(thrown instanceof Error ? thrown.message : String(thrown))}`;
    }
    this.write(reply);
  }

  private write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    for (let sent = 0; sent < bytes.length; ) sent += writeSync(this.input, bytes, sent);
  }

  private read(): string {
    const bytes = Buffer.alloc(READ_BYTES);
    for (;;) {
      const end = this.text.indexOf("\n");
      if (end >= 0) {
        const line = this.text.slice(0, end);
        this.text = this.text.slice(end + 1);
        return line;
      }
      const count = readSync(this.output, bytes);
      if (count === 0) throw new Error(`Java ended: ${readFileSync(join(this.folder, "errors"), "utf8")}`);
      this.text += bytes.toString("latin1", 0, count);
    }
  }
}

let java: Java | undefined;

/** @param host  Bitwig's host, an object of strict.ts */
export function nashornEngine(host: object): Engine {
  java ??= new Java();
  return java.open(host);
}

/** End Java, which all engines of a file share. */
export function closeNashorn(): void {
  java?.close();
  java = undefined;
}
