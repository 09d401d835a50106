/**
 * Standard input and output in commands that take files: "-" is a temporary file, filled from standard input before
 * the work or copied to standard output after it. With results on standard output, messages go to stderr.
 */
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BridgeError } from "../bridge-error.ts";
import { outputError } from "../output-error.ts";
import type { CliInput, CliIo, CliStream } from "./io.ts";

const STANDARD = "-";
/** Names that lead to the streams themselves: what is written beside them would be mixed in. */
const INPUT = /^(\/dev\/(stdin|fd\/0)|\/proc\/self\/fd\/0)$/;
/** What a shell hands over by <(command). */
const HANDED_OVER = /^(\/dev|\/proc\/self)\/fd\/\d+$/;
const OUTPUT = /^(\/dev\/(stdout|fd\/1)|\/proc\/self\/fd\/1)$/;
/** As for files (native/operations/src/files/source.rs). */
const MAX_INPUT_BYTES = 256 * 1024 * 1024;

export function isStandardInput(name: string): boolean {
  return name === STANDARD || INPUT.test(name);
}

export function isStandardOutput(name: string): boolean {
  return name === STANDARD || OUTPUT.test(name);
}

/**
 * Run a command whose files may be standard input and output.
 * @param work  asks for each of its files by `input` and `output`, and prints by `files.io`
 */
export async function withStandardFiles<T>(
  io: CliIo,
  work: (files: StandardFiles) => Promise<T>,
): Promise<T> {
  const files = new StandardFiles(io);
  try {
    const result = await work(files);
    await files.finish();
    return result;
  } catch (thrown) {
    throw files.named(thrown);
  } finally {
    files.remove();
  }
}

export class StandardFiles {
  /** Where to print: without temporary names, and on stderr alone where standard output is taken. */
  readonly io: CliIo;
  private readonly streams: CliIo;
  private folder: string | undefined;
  private readInto: string | undefined;
  private writtenTo: string | undefined;
  /** Names of pipes by the files that they were read into. */
  private readonly pipes = new Map<string, string>();

  constructor(io: CliIo) {
    this.streams = io;
    const shown = (stream: () => CliStream): CliStream => ({
      write: (data, done) => stream().write(typeof data === "string" ? this.shown(data) : data, done),
      get isTTY() {
        return stream().isTTY ?? false;
      },
      get columns() {
        return stream().columns as number;
      },
    });
    this.io = {
      env: io.env,
      signal: io.signal,
      ...(io.talk === undefined ? {} : { talk: io.talk }),
      stdout: shown(() => (this.writtenTo === undefined ? io.stdout : io.stderr)),
      stderr: shown(() => io.stderr),
    };
  }

  /**
   * The path of a file to read.
   * @throws BridgeError INPUT_IS_TERMINAL, INPUT_TOO_LARGE, INPUT_UNREADABLE, CANCELLED, OPTION_CONFLICT
   */
  async input(name: string): Promise<string> {
    if (!isStandardInput(name)) return this.handedOver(name);
    if (this.readInto !== undefined) {
      throw new BridgeError("OPTION_CONFLICT", "standard input can be only one of the files; name the other");
    }
    const { stdin } = this.streams;
    if (stdin === undefined || stdin.isTTY) {
      throw new BridgeError(
        "INPUT_IS_TERMINAL",
        "standard input is the terminal; pipe a file into the command, or name one",
      );
    }
    this.readInto = this.path("standard-input");
    await this.read(stdin, this.readInto);
    return this.readInto;
  }

  /** A pipe can be read once, and a command may look twice. */
  private async handedOver(name: string): Promise<string> {
    if (!HANDED_OVER.test(name)) return name;
    const found = await stat(name).catch(() => undefined);
    if (found?.isFIFO() !== true) return name;
    const path = this.path(`pipe-${this.pipes.size}`);
    this.pipes.set(path, name);
    await this.read(createReadStream(name), path);
    return path;
  }

  /**
   * The path of a file to write.
   * @param hasJson  whether the command also prints a JSON value
   * @throws BridgeError OUTPUT_IS_TERMINAL, OPTION_CONFLICT
   */
  output(name: string, { hasJson = false, ending = ".mid" } = {}): string {
    if (!isStandardOutput(name)) return name;
    if (hasJson) {
      throw new BridgeError(
        "OPTION_CONFLICT",
        "-o - and --json both want standard output; leave one out, or name a file",
      );
    }
    if (this.writtenTo !== undefined) {
      throw new BridgeError(
        "OPTION_CONFLICT",
        "standard output can take only one of the files; name the other",
      );
    }
    if (this.streams.stdout.isTTY) {
      throw new BridgeError(
        "OUTPUT_IS_TERMINAL",
        "standard output is the terminal, which shows no such file; redirect it (> OUT.mid) or name a file",
      );
    }
    this.writtenTo = this.path(`standard-output${ending}`);
    return this.writtenTo;
  }

  /** Whether a result goes to standard output. */
  get isOutputTaken(): boolean {
    return this.writtenTo !== undefined;
  }

  /** Copy what was written to standard output. @throws BridgeError OUTPUT_* */
  async finish(): Promise<void> {
    if (this.writtenTo === undefined) return;
    const bytes = await readFile(this.writtenTo);
    await new Promise<void>((resolve, reject) => {
      this.streams.stdout.write(bytes, (cause) => {
        if (cause) reject(outputError("standard output", cause));
        else resolve();
      });
    });
  }

  /** An error, or anything else that was thrown, in words of the command instead of temporary names. */
  named(thrown: unknown): unknown {
    if (!(thrown instanceof BridgeError)) return thrown;
    const message = this.shown(thrown.message);
    if (message === thrown.message) return thrown;
    const { code, data, retryable, cause } = thrown;
    return new BridgeError(code, message, { data, retryable, cause });
  }

  remove(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  private path(name: string): string {
    this.folder ??= mkdtempSync(join(tmpdir(), "continuo-"));
    return join(this.folder, name);
  }

  private shown(text: string): string {
    const names = new Map(this.pipes);
    if (this.readInto !== undefined) names.set(this.readInto, "standard input");
    if (this.writtenTo !== undefined) names.set(this.writtenTo, "standard output");
    let shown = text;
    for (const [path, name] of names) {
      shown = shown.replaceAll(path, name).replaceAll(JSON.stringify(path).slice(1, -1), name);
    }
    return shown;
  }

  private async read(stdin: CliInput, path: string): Promise<void> {
    const { signal } = this.streams;
    const stop = () => stdin.destroy();
    signal.addEventListener("abort", stop, { once: true });
    const file = await open(path, "wx", 0o600);
    let bytes = 0;
    try {
      for await (const chunk of stdin) {
        bytes += chunk.length;
        if (bytes > MAX_INPUT_BYTES) {
          throw new BridgeError(
            "INPUT_TOO_LARGE",
            `standard input has more than ${MAX_INPUT_BYTES} bytes; split it`,
            { data: { limit: MAX_INPUT_BYTES } },
          );
        }
        await file.write(chunk);
      }
    } catch (cause) {
      if (signal.aborted) throw cancelled();
      if (cause instanceof BridgeError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BridgeError("INPUT_UNREADABLE", `standard input cannot be read (${reason}); name a file`, {
        cause,
      });
    } finally {
      signal.removeEventListener("abort", stop);
      await file.close();
    }
    if (signal.aborted) throw cancelled();
  }
}

function cancelled(): BridgeError {
  return new BridgeError("CANCELLED", "cancelled; nothing was written");
}
