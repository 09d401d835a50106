/**
 * Records with strace what a program, and all that it starts, does to the network and to files.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { finish, type Result } from "../../bridge/support/cli.ts";
import { isLinux } from "./needs.ts";

/** Everything that reaches another program or machine, or changes a file. Unknown ones (`?`) are passed over. */
const SYSCALLS = [
  "%network",
  "?io_uring_setup",
  ...["?open", "openat", "?openat2", "?creat", "?mkdir", "mkdirat", "?mknod", "mknodat"],
  ...["?rename", "?renameat", "renameat2", "?link", "linkat", "?symlink", "symlinkat"],
  ...["?unlink", "unlinkat", "?rmdir", "truncate", "?chmod", "fchmodat", "?fchmodat2"],
  ...["?chown", "?lchown", "fchownat", "?utime", "?utimes", "utimensat", "?futimesat"],
  ...["setxattr", "lsetxattr", "removexattr", "lremovexattr"],
];

/** These ask the kernel about a socket that is there. */
const HARMLESS = new Set([
  "getsockname",
  "getpeername",
  "getsockopt",
  "setsockopt",
  "socketpair",
  "shutdown",
]);

const LOOPBACK = new Set(["127.0.0.1", "::1"]);

export interface Call {
  name: string;
  args: string;
  result: string;
}

export interface Allowed {
  /** Below these, files may be written. */
  folders: readonly string[];
  /** Ports of this machine that may be connected to. */
  ports?: readonly number[];
  /** Whether it may listen on this machine's own addresses. */
  listens?: boolean;
}

export interface Traced {
  child: ChildProcess;
  ended: Promise<Result>;
  /** So far. */
  calls(): Call[];
  /** On stdout, so far. */
  said(): string;
  /** The program itself; its first thread is the first in the trace. */
  pid(): number | undefined;
}

/** Whether strace is here, and may be used. */
export const hasStrace = isLinux && canTrace();

function canTrace(): boolean {
  try {
    execFileSync("strace", ["-o", "/dev/null", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** @param folder  where the trace goes */
export function startTraced(
  command: readonly string[],
  folder: string,
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Traced {
  const file = join(folder, `trace-${traces++}`);
  const args = [
    "-f",
    "-y",
    "--seccomp-bpf",
    "-e",
    `trace=${SYSCALLS.join(",")}`,
    "-o",
    file,
    "--",
    ...command,
  ];
  const child = spawn("strace", args, { ...options, stdio: ["pipe", "pipe", "pipe"] });
  const text = () => (existsSync(file) ? readFileSync(file, "utf8") : "");
  const pid = () => Number(/^\d+/.exec(text())?.[0]) || undefined;
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  return { child, ended: finish(child), calls: () => readCalls(text()), said: () => said, pid };
}

let traces = 0;

/** Kill the program as it makes a system call for the n-th time, before the call is carried out. */
export function startKilledAt(call: string, nth: number, command: readonly string[]): ChildProcess {
  const args = ["-f", "-o", "/dev/null", "-e", `inject=${call}:signal=SIGKILL:when=${nth}`, "--", ...command];
  return spawn("strace", args, { stdio: ["ignore", "pipe", "pipe"] });
}

/** One call each, also where another thread came between its start and its end. */
export function readCalls(text: string): Call[] {
  const begun = new Map<string, string>();
  const calls: Call[] = [];
  for (const line of text.split("\n")) {
    const [, pid, rest] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (pid === undefined || rest === undefined) continue;
    const [, start] = /^(.*) <unfinished \.\.\.>$/.exec(rest) ?? [];
    if (start !== undefined) {
      begun.set(pid, start);
      continue;
    }
    const [, end] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? [];
    const whole = end === undefined ? rest : `${begun.get(pid) ?? ""}${end}`;
    const [, name, args, result] = /^(\w+)\((.*)\)\s+= (.*)$/.exec(whole) ?? [];
    if (name !== undefined && args !== undefined && result !== undefined) calls.push({ name, args, result });
  }
  return calls;
}

/** What went beyond what is allowed, each as a line to be read. */
export function trespasses(calls: readonly Call[], allowed: Allowed, cwd: string): string[] {
  return throughHandles(calls)
    .filter((call) => !isAllowed(call, allowed, cwd))
    .map(({ name, args, result }) => `${name}(${args}) = ${result}`);
}

/** The calls with the folders themselves, where a path begins at a handle of one. */
function throughHandles(calls: readonly Call[]): Call[] {
  const opened = new Map<string, string>();
  return calls.map((call) => {
    const [, handle, path] = /^(\d+)<([^>]*)>$/.exec(call.result) ?? [];
    if (handle !== undefined && path !== undefined) opened.set(handle, path);
    const args = call.args.replaceAll(
      /\/proc\/self\/fd\/(\d+)\//g,
      (whole, number: string) => `${opened.get(number) ?? whole.slice(0, -1)}/`,
    );
    return { ...call, args };
  });
}

function isAllowed(call: Call, allowed: Allowed, cwd: string): boolean {
  if (HARMLESS.has(call.name)) return true;
  if (call.name === "io_uring_setup") return false;
  if (call.name === "socket") return /^AF_(INET6?, SOCK_STREAM|UNIX)/.test(call.args);
  const paths = writtenPaths(call, cwd);
  if (paths === undefined) return isLocal(call, allowed);
  return paths.every((path) => isWithin(path, allowed.folders) || isNothing(path, call));
}

/** Calls without an address go by a connection that was let through when it was made. */
function isLocal({ name, args }: Call, { ports = [], listens = false }: Allowed): boolean {
  const addresses = [...args.matchAll(/inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)"/g)];
  if (!addresses.every(([, v4, v6]) => LOOPBACK.has(v4 ?? v6 ?? ""))) return false;
  if (/sun_path|AF_NETLINK|AF_PACKET/.test(args)) return false;
  if (name === "bind") return listens;
  const port = Number(/htons\((\d+)\)/.exec(args)?.[1]);
  return name !== "connect" || ports.includes(port);
}

const WRITES = /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE/;

/** Undefined for calls that name no file. */
function writtenPaths({ name, args }: Call, cwd: string): string[] | undefined {
  const named = [...args.matchAll(/(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/g)];
  const paths = named.map(([, folder = cwd, path = ""]) => resolve(folder, path));
  if (/^open/.test(name)) return WRITES.test(args) ? paths.slice(0, 1) : [];
  if (/^symlink/.test(name)) return paths.slice(-1);
  return /^(creat|mk|rename|link|unlink|rmdir|trunc|f?ch(mod|own)|lchown|f?utime|l?setx|l?remove)/.test(name)
    ? paths
    : undefined;
}

const isWithin = (path: string, folders: readonly string[]) =>
  path === "/dev/null" || folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

/** A folder that was there already was not made. */
const isNothing = (path: string, { name, result }: Call) =>
  name.startsWith("mkdir") && result.startsWith("-1 EEXIST") && existsSync(path);
