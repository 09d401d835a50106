/**
 * The operations on files as tools of the Model Context Protocol, over stdin and stdout. Source:
 * https://modelcontextprotocol.io/specification.
 */
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { BridgeError, toBridgeError } from "../bridge-error.ts";
import type { Progress } from "../engine/fill.ts";
import { nearest } from "../nearest.ts";
import type { AllowedFolders } from "./allowed-folders.ts";
import type { Tool } from "./tool.ts";
import { evaluateTool } from "./tools/evaluate.ts";
import { listFiles, listModelsTool, listTracks } from "./tools/files.ts";
import { addTool, continueTool, fillTool, humanizeTool, varyTool } from "./tools/fills.ts";
import { readNotesTool } from "./tools/notes.ts";

interface McpOptions {
  folders: AllowedFolders;
  version: string;
  env: NodeJS.ProcessEnv;
  useDaemon: boolean;
  signal: AbortSignal;
}

export const TOOLS: readonly Tool[] = [
  listFiles,
  listTracks,
  readNotesTool,
  listModelsTool,
  fillTool,
  varyTool,
  humanizeTool,
  continueTool,
  addTool,
  evaluateTool,
];

const INSTRUCTIONS =
  "Fills bars of MIDI files with notes that fit. Find a file by list_files, its tracks and bars by list_tracks, its notes by read_notes; then fill, vary, humanize, continue or add_parts into a new file, and compare candidates by evaluate_candidates. Warnings say how a result differs from the request. An existing file is replaced only with overwrite: true.";
/** Time between two notices of progress. */
const PROGRESS_MS = 100;

/** Serve until the other side hangs up or the signal aborts. */
export async function serveMcp(options: McpOptions): Promise<void> {
  const server = createServer(options);
  const transport = new StdioServerTransport();
  const ended = new Promise<void>((resolve) => {
    server.onclose = resolve;
    // The transport does not look for the end of its input.
    process.stdin.once("end", resolve);
    options.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await server.connect(transport);
  await ended;
  await server.close();
}

function createServer({ signal: _, ...options }: McpOptions): Server {
  const { version } = options;
  const capabilities = { tools: {} };
  const server = new Server({ name: "continuo", version }, { capabilities, instructions: INSTRUCTIONS });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: TOOLS.map(({ call: _call, inputSchema, outputSchema, ...tool }) => ({
      ...tool,
      inputSchema: { ...inputSchema, type: "object" as const },
      outputSchema: { ...outputSchema, type: "object" as const },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }, { signal, sendNotification }) => {
    const progressToken = params._meta?.progressToken;
    const onProgress =
      progressToken === undefined
        ? () => {}
        : steadily(({ fraction, noteCount }) => {
            const progress = { progressToken, progress: fraction, total: 1, message: `${noteCount} notes` };
            // An assistant that is gone does not hear it.
            void sendNotification({ method: "notifications/progress", params: progress }).catch(() => {});
          });
    return answered(() => toolOf(params.name).call(params.arguments, { ...options, signal, onProgress }));
  });
  return server;
}

/** @throws BridgeError METHOD_UNKNOWN */
function toolOf(name: string): Tool {
  const found = TOOLS.find((tool) => tool.name === name);
  if (found !== undefined) return found;
  const names = TOOLS.map((tool) => tool.name);
  const near = nearest(name, names);
  throw new BridgeError(
    "METHOD_UNKNOWN",
    `unknown tool ${name}; ${near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`}`,
  );
}

/** Progress that only grows, and not too often. */
function steadily(tell: (progress: Progress) => void): (progress: Progress) => void {
  let [fraction, at] = [-1, Number.NEGATIVE_INFINITY];
  return (progress) => {
    const now = performance.now();
    if (progress.fraction <= fraction || now - at < PROGRESS_MS) return;
    [fraction, at] = [progress.fraction, now];
    tell(progress);
  };
}

/** An answer as text and as a value; an error in the words of the command line. */
async function answered(work: () => Promise<Record<string, unknown>>) {
  try {
    const value = await work();
    return { content: [{ type: "text" as const, text: JSON.stringify(value) }], structuredContent: value };
  } catch (thrown) {
    const { code, message } = toBridgeError(thrown);
    return { content: [{ type: "text" as const, text: `error[${code}]: ${message}` }], isError: true };
  }
}
