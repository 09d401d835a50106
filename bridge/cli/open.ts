/**
 * continuo open: the piano roll in the browser, with a file or with what was open before.
 */
import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Command } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { defined } from "../defined.ts";
import { LIMITS } from "../protocol/limits.ts";
import { type CliIo, printJson, printLine, say } from "./io.ts";
import { forOption, parseOrdinal } from "./numbers.ts";
import { isStandardInput, withStandardFiles } from "./standard-files.ts";
import { printWarnings } from "./warnings.ts";

interface OpenOptions {
  song?: number;
  browser: boolean;
  json?: boolean;
}

const BASE64_BYTES = 3;
const BASE64_CHARACTERS = 4;

const EARLIER =
  "you changed this song in Continuo before: the page offers that version beside the file as it is now";

const EXAMPLES = `
A daemon is started if none runs. The address works once, within a minute: run it again for another browser.
Where no browser can be started, the address is printed.

Examples:
  continuo open
  continuo open song.mid
  continuo open song.mid --no-browser`;

export function openCommand(io: CliIo): Command {
  return new Command("open")
    .description("open the piano roll in the browser")
    .argument("[FILE.mid]", "the song, - for standard input; without one, the page itself")
    .option(
      "--song <N>",
      "which song, from 1, of a file that holds several",
      forOption("--song", parseOrdinal),
    )
    .option("--no-browser", "print the address and open nothing")
    .option("--json", "print one JSON value")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string | undefined, options: OpenOptions) => {
      // Before a daemon is started for nothing.
      const bytes = file === undefined ? undefined : await bytesOf(io, file);
      const [{ detach }, { connect }, { openBrowser }] = await Promise.all([
        import("../daemon/detach.ts"),
        import("../client/node.ts"),
        import("../daemon/page/browser.ts"),
      ]);
      await detach(io.env, []);
      const client = await connect({ env: io.env, name: "continuo open" });
      client.on("roll/removed", ({ rolls, isLimit }) => {
        if (isLimit) printLine(io.stderr, removedText(rolls.map(({ title }) => title)));
      });
      try {
        const opened =
          file === undefined || bytes === undefined
            ? undefined
            : await client.call("roll/open", {
                title: isStandardInput(file) ? "Standard input" : basename(file),
                file: bytes.toString("base64"),
                ...defined({ songNumber: options.song }),
                ...(isStandardInput(file) ? {} : { path: resolve(file) }),
              });
        printWarnings(io, opened?.warnings ?? []);
        if (opened?.earlier != null) printLine(io.stderr, EARLIER);
        const roll = opened === undefined ? {} : { rollId: opened.rollId };
        const { url } = await client.call("page/open", { ...roll, browser: false });
        // By this command, which knows the user's screen; a daemon that began at login may not.
        const isOpened = options.browser && (await openBrowser(url, io.env));
        if (options.browser && !isOpened) printLine(io.stderr, noBrowser(url, io.env));
        if (options.json) printJson(io.stdout, { url, rollId: opened?.rollId ?? null, isOpened });
        else if (isOpened) say(io, "opened in the browser");
        else printLine(io.stdout, url);
      } finally {
        client.close();
      }
    });
}

function bytesOf(io: CliIo, file: string): Promise<Buffer> {
  return withStandardFiles(io, async (files) => readBytes(await files.input(file)));
}

/** Nothing goes without a word. */
function removedText(titles: readonly string[]): string {
  const names = titles.map((title) => JSON.stringify(title)).join(", ");
  return `no longer kept: ${names}; of songs without changes the latest 32 stay`;
}

/** What the address is good for, where nothing shows it. */
function noBrowser(url: string, env: NodeJS.ProcessEnv): string {
  const text = "no browser could be started here; open this address in one, once and within a minute:";
  if (!env.SSH_CONNECTION) return text;
  const { port } = new URL(url);
  return `over SSH, forward the port first (ssh -L ${port}:127.0.0.1:${port} HOST)\n${text}`;
}

/** @throws BridgeError INPUT_NOT_FOUND, INPUT_NOT_A_FILE, INPUT_UNREADABLE, INPUT_TOO_LARGE */
async function readBytes(path: string): Promise<Buffer> {
  const limit = Math.floor(LIMITS.fileCharacters / BASE64_CHARACTERS) * BASE64_BYTES;
  const data = { path };
  try {
    // Looked at before opening: opening a pipe would wait for its writer.
    const found = await stat(path);
    if (!found.isFile()) {
      throw new BridgeError("INPUT_NOT_A_FILE", `${path} is not a plain file; give a Standard MIDI File`, {
        data,
      });
    }
    if (found.size > limit) {
      throw new BridgeError(
        "INPUT_TOO_LARGE",
        `${path} has ${found.size} bytes, the limit is ${limit}; split it`,
        { data: { ...data, bytes: found.size, limit } },
      );
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof BridgeError) throw cause;
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw isMissing
      ? new BridgeError("INPUT_NOT_FOUND", `${path} does not exist; check the path`, { data, cause })
      : new BridgeError("INPUT_UNREADABLE", `${path} cannot be read (${reason}); check its permissions`, {
          data,
          cause,
        });
  }
}
