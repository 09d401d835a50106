/**
 * A screen of the test's own, with a window manager, a keyboard and a mouse.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { PATIENT_MS, until } from "../../../e2e/support/wait.ts";

const SIZE = "1500x800x24";
/** Screenshots of the last run. */
const ARTIFACTS = resolve("artifacts/ardour");

export interface Screen {
  display: string;
  /** Run xdotool; gives what it says, or "" where it fails. */
  xdotool(...args: string[]): Promise<string>;
  key(keys: string): Promise<void>;
  click(x: number, y: number): Promise<void>;
  /** Move the mouse there; its button stays as it is. */
  move(x: number, y: number): Promise<void>;
  /** Press the mouse's left button, or let go. */
  button(is: "down" | "up"): Promise<void>;
  /** Ids of shown windows with this in their title. */
  windows(title: string): Promise<string[]>;
  /** Wait for a window with this title; gives its id. */
  window(title: string): Promise<string>;
  /** Wait until one is so wide, in pixels: messages have the title of the progress window before them. */
  windowOf(title: string, isWidth: (width: number) => boolean): Promise<void>;
  /** Wait until there is none with this in its title. */
  gone(title: string): Promise<void>;
  screenshot(name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function openScreen(env: NodeJS.ProcessEnv): Promise<Screen> {
  const server = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", SIZE, "-nolisten", "tcp"], {
    env,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const display = await displayOf(server);
  const own = { ...env, DISPLAY: display };
  const manager = spawn("openbox", [], { env: own, stdio: "ignore" });
  const run = promisify(execFile);
  const xdotool = async (...args: string[]) => {
    try {
      return (await run("xdotool", args, { env: own, timeout: PATIENT_MS })).stdout.trim();
    } catch {
      return "";
    }
  };
  const windows = async (title: string) =>
    (await xdotool("search", "--onlyvisible", "--name", title)).split("\n").filter((id) => id !== "");
  mkdirSync(ARTIFACTS, { recursive: true });
  return {
    display,
    xdotool,
    windows,
    key: async (keys) => void (await xdotool("key", "--clearmodifiers", keys)),
    click: async (x, y) => void (await xdotool("mousemove", `${x}`, `${y}`, "click", "1")),
    move: async (x, y) => void (await xdotool("mousemove", "--sync", `${Math.round(x)}`, `${y}`)),
    button: async (is) => void (await xdotool(`mouse${is}`, "1")),
    window: (title) => until(`the window "${title}"`, async () => (await windows(title))[0]),
    gone: async (title) => {
      await until(`the end of "${title}"`, async () => (await windows(title)).length === 0);
    },
    windowOf: async (title, isWidth) => {
      const isThere = async () => {
        for (const id of await windows(title)) {
          const geometry = await xdotool("getwindowgeometry", "--shell", id);
          if (isWidth(Number(geometry.match(/WIDTH=(\d+)/)?.[1]))) return true;
        }
        return false;
      };
      await until(`a window "${title}"`, isThere);
    },
    screenshot: async (name) => {
      await run("import", ["-window", "root", join(ARTIFACTS, `${name}.png`)], {
        env: own,
        timeout: PATIENT_MS,
      });
    },
    stop: async () => {
      for (const child of [manager, server]) await end(child);
    },
  };
}

/** The number that it found free. */
function displayOf(server: ChildProcess): Promise<string> {
  return new Promise((found, fail) => {
    server.stdio[3]?.once("data", (data) => found(`:${String(data).trim()}`));
    server.once("error", fail);
    server.once("exit", (code) => fail(new Error(`Xvfb ended with ${code}`)));
  });
}

/** End a process and wait. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
  await ended;
  clearTimeout(timer);
}
