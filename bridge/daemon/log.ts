/**
 * The daemon's log: JSON lines in rotating files, without notes.
 */
import { join } from "node:path";
import { type Logger, pino } from "pino";
import { createStream, type RotatingFileStream } from "rotating-file-stream";
import type { Config } from "../instance/config.ts";
import { homeFolder } from "../instance/folders.ts";

export interface Log {
  logger: Logger;
  path: string;
  close(): Promise<void>;
}

export function openLog(config: Config["log"], env: NodeJS.ProcessEnv = process.env): Log {
  const folder = join(homeFolder(env), "logs");
  const name = "daemon.log";
  const stream: RotatingFileStream = createStream(name, {
    path: folder,
    size: `${Math.max(1, Math.round(config.megabytes * 1024))}K`,
    maxFiles: config.files,
    mode: 0o600,
  });
  // A log that cannot be written must not end the music.
  stream.on("error", () => {});
  const logger = pino(
    {
      level: config.level,
      redact: ["token", "*.token", "headers.authorization", "req.headers.authorization"],
    },
    stream,
  );
  return {
    logger,
    path: join(folder, name),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
