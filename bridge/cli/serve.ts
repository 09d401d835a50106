/**
 * continuo serve: keep the model loaded and answer DAWs.
 */
import { Command } from "commander";
import { BridgeError } from "../bridge-error.ts";
import { defined } from "../defined.ts";
import { type CliIo, printJson, printLine, say } from "./io.ts";
import { forOption, parseCount } from "./numbers.ts";

interface ServeOptions {
  port?: number;
  tcpPort?: number;
  listen?: string;
  insecure?: boolean;
  model?: string;
  device?: string;
  workers?: number;
  config?: string;
  journal: boolean;
  detach?: boolean;
  json?: boolean;
}

const EXAMPLES = `
It listens on this machine only, and answers clients that know the token (continuo token). Settings are in
config.json in the same folder; options override them.

Examples:
  continuo serve
  continuo serve --detach
  continuo serve --port 0 --json`;

export function serveCommand(io: CliIo): Command {
  return new Command("serve")
    .description("keep the model loaded and answer DAWs, until Ctrl-C")
    .option(
      "--port <N>",
      "port of HTTP and WebSocket; 0 takes any free one (default: 7878)",
      forOption("--port", parseCount),
    )
    .option(
      "--tcp-port <N>",
      "port of frames over TCP; 0 takes any free one (default: 7879)",
      forOption("--tcp-port", parseCount),
    )
    .option(
      "--listen <ADDRESS>",
      "listen on another address than this machine's own; needs TLS, or --insecure",
    )
    .option("--insecure", "with --listen: allow it without TLS, for networks that you trust")
    .option("--model <ID>", "default model of fills")
    .option("--device <NAME>", "auto, cpu, cuda, directml, coreml or webgpu")
    .option("--workers <N>", "fills to run at the same time", forOption("--workers", parseCount))
    .option("--config <FILE>", "a settings file to use instead of config.json in the user's folder")
    .option("--no-journal", "do not record requests and answers")
    .option("--detach", "start in the background and return when ready")
    .option("--json", "print its address as one JSON value")
    .addHelpText("after", EXAMPLES)
    .action(async (options: ServeOptions) => {
      if (options.detach) {
        const { detach } = await import("../daemon/detach.ts");
        const instance = await detach(io.env, argumentsOf(options));
        if (options.json) printJson(io.stdout, instance);
        else say(io, `ready at ${instance.url} (process ${instance.pid})`);
        return;
      }
      await serve(io, options);
    });
}

async function serve(io: CliIo, options: ServeOptions): Promise<void> {
  const [{ configSchema, readConfig }, { checkHomeFolders }, { secureHome }, { startDaemon }, { VERSION }] =
    await Promise.all([
      import("../instance/config.ts"),
      import("../instance/home-folders.ts"),
      import("../instance/home-rights.ts"),
      import("../daemon/daemon.ts"),
      import("./version.ts"),
    ]);
  const file = readConfig(io.env, options.config);
  const { port, tcpPort, listen, model, device, workers } = options;
  const merged = configSchema.safeParse({
    ...file,
    ...defined({ port, tcpPort, listen, model, device, workers }),
    journal: file.journal && options.journal,
  });
  if (!merged.success) {
    const [issue] = merged.error.issues;
    throw new BridgeError(
      "OPTION_INVALID",
      `--${issue?.path.join(".")}: ${issue?.message}; see continuo serve --help`,
    );
  }
  const config = merged.data;
  if (config.listen !== undefined && config.tls === undefined && !options.insecure) {
    throw new BridgeError(
      "TLS_MISSING",
      `${config.listen} is not this machine alone: name "tls" files in config.json, or add --insecure on a network that you trust`,
    );
  }
  checkHomeFolders(io.env);
  // Whatever the session's own mask is: what the daemon writes is the user's alone.
  process.umask(0o077);
  const remarks = secureHome(io.env);
  for (const remark of remarks) printLine(io.stderr, `warning: ${remark}`);
  const daemon = await startDaemon({ config, version: VERSION, env: io.env, remarks });
  const { url, tcpPort: frames, folder } = daemon.instance;
  if (options.json) {
    printJson(io.stdout, { ...daemon.instance, pid: process.pid });
  } else {
    printLine(
      io.stdout,
      `ready at ${url}, frames at port ${frames}${folder === null ? "" : `, requests in ${folder}`}`,
    );
  }
  const stop = () => void daemon.stop();
  if (io.signal.aborted) stop();
  io.signal.addEventListener("abort", stop, { once: true });
  await daemon.ended;
}

/** What a detached daemon is started with. */
function argumentsOf(options: ServeOptions): string[] {
  const named = {
    "--port": options.port,
    "--tcp-port": options.tcpPort,
    "--listen": options.listen,
    "--model": options.model,
    "--device": options.device,
    "--workers": options.workers,
    "--config": options.config,
  };
  const pairs = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [name, String(value)],
  );
  return [
    ...pairs,
    ...(options.insecure ? ["--insecure"] : []),
    ...(options.journal ? [] : ["--no-journal"]),
  ];
}
