/**
 * The few Java classes that the script uses, implemented in JavaScript on the test's machine.
 */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";

export interface Machine {
  env: Record<string, string>;
  userHome: string;
  /** Commands that were started. */
  started: string[][];
}

/** By name. Java calls `getenv` of what is not there null. */
export function javaClasses(machine: Machine): Record<string, unknown> {
  class File {
    readonly path: string;
    constructor(path: string) {
      this.path = String(path);
    }
    isFile(): boolean {
      return statSync(this.path, { throwIfNoEntry: false })?.isFile() ?? false;
    }
    toPath(): File {
      return this;
    }
  }
  class ArrayList {
    readonly items: string[] = [];
    add(item: string): boolean {
      this.items.push(String(item));
      return true;
    }
  }
  class ProcessBuilder {
    private readonly command: string[];
    private readonly env: Record<string, string> = { ...machine.env };
    private log = "";
    constructor(command: ArrayList) {
      this.command = command.items;
    }
    environment() {
      return {
        put: (name: string, value: string) => {
          this.env[name] = value;
        },
      };
    }
    redirectErrorStream(_isJoined: boolean): this {
      return this;
    }
    redirectOutput(file: File): this {
      this.log = file.path;
      return this;
    }
    start(): void {
      machine.started.push(this.command);
      const [program = "", ...args] = this.command;
      if (!statSync(program, { throwIfNoEntry: false })?.isFile()) {
        throw new Error(`java.io.IOException: Cannot run program "${program}"`);
      }
      const out = openSync(this.log, "a");
      spawn(program, args, {
        env: { PATH: process.env.PATH, ...this.env },
        stdio: ["ignore", out, out],
      }).unref();
      closeSync(out);
    }
  }
  return {
    "java.lang.System": {
      getenv: (name: string) => machine.env[name] ?? null,
      getProperty: (name: string) => (name === "user.home" ? machine.userHome : null),
    },
    "java.io.File": File,
    "java.nio.file.Files": { readAllBytes: (file: File) => new Int8Array(readFileSync(file.path)) },
    "java.util.ArrayList": ArrayList,
    "java.lang.ProcessBuilder": ProcessBuilder,
  };
}
