/**
 * The operations on files as tools of the Model Context Protocol, over stdin and stdout. Source:
 * https://modelcontextprotocol.io/specification.
 */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { toBridgeError } from "../bridge-error.ts";
import { fillFileAnywhere } from "../client/fill-file.ts";
import { readInfo } from "../engine/engine.ts";
import { evaluateFiles } from "../engine/region-file.ts";
import type { FillRequest } from "../engine/requests.ts";
import type { FillWithView } from "../engine/schemas.ts";
import type { AllowedFolders } from "./allowed-folders.ts";
import {
  continueArguments,
  evaluateArguments,
  fileArguments,
  fillArguments,
  regionOf,
  requestOf,
  trackOf,
  varyArguments,
} from "./arguments.ts";

export interface McpOptions {
  folders: AllowedFolders;
  version: string;
  env: NodeJS.ProcessEnv;
  useDaemon: boolean;
  signal: AbortSignal;
}

/** Tempo and meter changes that are told; a file may have thousands. */
const MAX_CHANGES = 64;

const READS = { readOnlyHint: true, openWorldHint: false };
/** An output of that name is replaced. */
const WRITES = { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false };

/** Serve until the other side hangs up or the signal aborts. */
export async function serveMcp(options: McpOptions): Promise<void> {
  const server = createServer(options);
  const transport = new StdioServerTransport();
  const ended = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    // The transport does not look for the end of its input.
    process.stdin.once("end", resolve);
    options.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await server.connect(transport);
  await ended;
  await server.close();
}

function createServer({ folders, version, env, useDaemon }: McpOptions): McpServer {
  const server = new McpServer({ name: "continuo", version });
  const generate = (request: () => FillRequest, signal: AbortSignal) =>
    answered(async () => summary(await fillFileAnywhere(request(), { env, version, useDaemon, signal })));

  server.registerTool(
    "list_tracks",
    {
      description: "What is in a MIDI file: tracks, bars, meter, tempo.",
      inputSchema: fileArguments,
      annotations: READS,
    },
    ({ file }) =>
      answered(async () => {
        const { tempoMap, timeSignatures, ...info } = await readInfo(folders.input(file));
        return {
          ...info,
          tempoMap: tempoMap.slice(0, MAX_CHANGES),
          timeSignatures: timeSignatures.slice(0, MAX_CHANGES),
        };
      }),
  );
  server.registerTool(
    "fill",
    {
      description:
        "Write new notes into bars of one track, that fit what stands around them. Everything else stays as it is.",
      inputSchema: fillArguments,
      annotations: WRITES,
    },
    (args, { signal }) =>
      generate(() => requestOf(args, { mode: "fill", region: regionOf(args.bars), folders }), signal),
  );
  server.registerTool(
    "vary",
    {
      description: "Change a part of the notes in bars of one track.",
      inputSchema: varyArguments,
      annotations: WRITES,
    },
    (args, { signal }) => {
      const mode = { vary: { amount: args.amount } };
      return generate(() => requestOf(args, { mode, region: regionOf(args.bars), folders }), signal);
    },
  );
  server.registerTool(
    "continue",
    {
      description: "Go on after the last note of one track.",
      inputSchema: continueArguments,
      annotations: WRITES,
    },
    (args, { signal }) => {
      const region = { after: { bars: args.bars } };
      return generate(() => requestOf(args, { mode: "continue", region, folders }), signal);
    },
  );
  server.registerTool(
    "evaluate_candidates",
    {
      description:
        "Measure what several files have in the same bars, beside what stood there: notes, density, loudness, range; shares of notes outside the scale around, copied from nearby, unchanged.",
      inputSchema: evaluateArguments,
      annotations: READS,
    },
    ({ file, track, bars, candidates }) =>
      answered(() =>
        evaluateFiles({
          input: folders.input(file),
          track: trackOf(track),
          region: regionOf(bars),
          candidates: candidates.map((candidate) => folders.input(candidate)),
        }),
      ),
  );
  return server;
}

/** An answer as text and as a value; an error in the words of the command line. */
async function answered(work: () => Promise<object>) {
  try {
    const value = await work();
    const content = [{ type: "text" as const, text: JSON.stringify(value) }];
    return { content, structuredContent: { ...value } };
  } catch (thrown) {
    const { code, message } = toBridgeError(thrown);
    return { content: [{ type: "text" as const, text: `error[${code}]: ${message}` }], isError: true };
  }
}

/** Files and measures; the notes are in the files. */
function summary({ answer }: FillWithView) {
  const { removed, candidates, timings: _, ...rest } = answer;
  return {
    ...rest,
    removedNotes: removed.length,
    candidates: candidates.map(({ notes, ...candidate }) => ({ ...candidate, noteCount: notes.length })),
  };
}
