/**
 * The built bundles as hosts and tools of others see them: what they export, what a scan does, how LV2's own tools
 * and a JACK host take them.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished } from "vitest";
import { temporaryFolder } from "../../bridge/support/cli.ts";
import { isLinux, testWith } from "../../e2e/support/needs.ts";
import { hasStrace, startTraced } from "../../e2e/support/strace.ts";
import { PATIENT_MS, until } from "../../e2e/support/wait.ts";

const run = promisify(execFile);
const PLUGINS = ["urn:continuo:instrument", "urn:continuo:midi-fx"];
const LV2 = resolve("dist", "plugin", "lv2");
const LIBRARIES = [
  "dist/plugin/clap/Continuo.clap",
  "dist/plugin/lv2/continuo.lv2/continuo.so",
  ...["x86_64-linux", "aarch64-linux"].map(
    (name) => `dist/plugin/vst3/Continuo.vst3/Contents/${name}/Continuo.so`,
  ),
].filter(existsSync);
const LV2_TOOLS = "lilv-utils, sordi and lv2-dev";
/** Vocabularies that the plugin's Turtle uses. */
const VOCABULARIES = "/usr/lib/lv2";

const has = (...programs: string[]) => programs.every((name) => existsSync(join("/usr/bin", name)));

const testLinux = testWith("Linux", isLinux);

testLinux(
  "nothing leaves the library but its entries, and nothing of a desktop is needed to load it",
  async () => {
    expect(LIBRARIES).toHaveLength(3);
    for (const path of LIBRARIES) {
      const { stdout: symbols } = await run("nm", ["-D", "--defined-only", path]);
      expect(
        symbols
          .trim()
          .split("\n")
          .map((line) => line.split(" ").at(-1)),
      ).toEqual([
        ...["GetPluginFactory", "ModuleEntry", "ModuleExit"],
        ...["clap_entry", "lv2_descriptor", "lv2ui_descriptor"],
      ]);
      const { stdout: dynamic } = await run("readelf", ["-d", path]);
      const needed = [...dynamic.matchAll(/NEEDED.*\[(.+?)\.so/g)].map(([, name]) => name);
      const ordinary = ["libstdc++", "libgcc_s", "libm", "libc", "libpthread", "libdl", "librt"];
      const isOrdinary = (name = "") => ordinary.includes(name) || name.startsWith("ld-linux");
      expect(needed.filter((name) => !isOrdinary(name))).toEqual([]);
    }
  },
);

testWith(LV2_TOOLS, has("lv2info", "sord_validate") && existsSync(VOCABULARIES))(
  "LV2's own tools find nothing to complain about",
  async () => {
    const env = { ...process.env, LV2_PATH: `${LV2}:${VOCABULARIES}` };
    for (const uri of PLUGINS) {
      const { stdout, stderr } = await run("lv2info", [uri], { env });
      expect(stderr).toBe("");
      expect(stdout).toContain("UIs:");
      expect(stdout).toContain("Temperature");
    }
    const turtle = (folder: string) =>
      readdirSync(folder, { recursive: true })
        .map(String)
        .filter((name) => name.endsWith(".ttl"))
        .map((name) => join(folder, name));
    const specifications = turtle(VOCABULARIES).filter((path) => {
      const name = path.slice(VOCABULARIES.length + 1).split("/")[0] ?? "";
      return existsSync(join("/usr/include/lv2", name.replace(".lv2", ""))) || name === "schemas.lv2";
    });
    const { stdout } = await run("sord_validate", [...turtle(LV2), ...specifications]);
    expect(stdout).toContain("Found 0 errors");
  },
);

const SCANNER = "/usr/lib/ardour7/ardour-vst3-scanner";

testWith("strace and Ardour 7.3", hasStrace && existsSync(SCANNER))(
  "a host's scan reaches no network, starts nothing and writes nothing of ours",
  async () => {
    const [home, user] = [temporaryFolder(), temporaryFolder()];
    const env = { ...process.env, CONTINUO_HOME: home, HOME: user, LD_LIBRARY_PATH: "/usr/lib/ardour7" };
    const bundle = resolve("dist/plugin/vst3/Continuo.vst3");
    const traced = startTraced([SCANNER, "-f", "-q", bundle], temporaryFolder(), { cwd: user, env });
    expect((await traced.ended).exitCode).toBe(0);
    const calls = traced.calls();
    // The scanner's own result, so that this is known to have looked.
    expect(calls.filter(({ args }) => args.includes(".v3i"))).not.toEqual([]);
    const isNetwork = ({ name }: { name: string }) => /^(socket|connect|bind|send|recv|listen)/.test(name);
    expect(calls.filter(isNetwork)).toEqual([]);
    expect(readdirSync(home)).toEqual([]);
  },
);

/** Starts quarter notes and more in a second channel. */
const STATE = {
  version: 1,
  parameters: { mode: 0 },
  notes: [
    [1, 1.5, 60, 100, 0],
    [2, 2.5, 64, 100, 0],
    [3, 4, 67, 90, 2],
  ],
  answers: [],
};

function preset(folder: string): string {
  mkdirSync(folder);
  const bytes = Buffer.from(JSON.stringify(STATE)).toString("base64");
  writeFileSync(
    join(folder, "state.ttl"),
    `@prefix lv2: <http://lv2plug.in/ns/lv2core#> .
@prefix pset: <http://lv2plug.in/ns/ext/presets#> .
@prefix state: <http://lv2plug.in/ns/ext/state#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<>
  a pset:Preset ;
  lv2:appliesTo <${PLUGINS[0]}> ;
  lv2:port [ lv2:symbol "mode" ; pset:value 0.0 ] ;
  state:state [ <urn:continuo:state> "${bytes}"^^xsd:base64Binary ] .
`,
  );
  return folder;
}

const JACK = ["jackd", "jalv", "jack_lsp", "jack_connect", "jack_transport", "jack_midi_dump"];

testWith("jackd2 and jalv", has(...JACK))(
  "jalv plays a saved state in time with JACK's transport, to the sample",
  async () => {
    const folder = temporaryFolder();
    const env = {
      ...process.env,
      ...{ CONTINUO_HOME: folder, LV2_PATH: `${LV2}:/usr/lib/lv2` },
      ...{ JACK_DEFAULT_SERVER: `continuo-${process.pid}`, JACK_NO_AUDIO_RESERVATION: "1" },
    };
    const said = new Map<string, string>();
    const start = (program: string, args: string[]): ChildProcess => {
      const child = spawn(program, args, { env });
      onTestFinished(() => void child.kill("SIGKILL"));
      const hear = (chunk: Buffer) => void said.set(program, `${said.get(program) ?? ""}${chunk}`);
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      return child;
    };
    const ports = async () => {
      try {
        return (await run("jack_lsp", [], { env })).stdout;
      } catch {
        return "";
      }
    };
    const server = ["-n", env.JACK_DEFAULT_SERVER, "-r"];
    start("jackd", [...server, "-d", "dummy", "-r", "48000", "-p", "1024"]);
    await until("JACK", async () => (await ports()).includes("system:playback_1"), PATIENT_MS);
    // Interactive: it ends as its input does.
    start("jalv", ["-i", "-n", "continuo", "-l", preset(join(folder, "state")), PLUGINS[0] ?? ""]);
    start("jack_midi_dump", ["-r", "dump"]);
    await until(
      "both ports",
      async () => {
        const there = await ports();
        return there.includes("continuo:notes_out") && there.includes("dump:input");
      },
      PATIENT_MS,
    );
    await run("jack_connect", ["continuo:notes_out", "dump:input"], { env });
    const transport = start("jack_transport", []);
    transport.stdin?.write("tempo 120\nplay\n");
    const lines = () =>
      [...(said.get("jack_midi_dump") ?? "").matchAll(/^\+(\d+): (.. .. ..)/gm)].map(([, after, bytes]) => ({
        after: Number(after),
        bytes,
      }));
    await until("the notes", () => lines().length >= 6, PATIENT_MS);
    transport.stdin?.write("stop\nquit\n");
    const bytes = ["90 3c 64", "80 3c 00", "90 40 64", "80 40 00", "92 43 5a", "82 43 00"];
    expect(lines().map((line) => line.bytes)).toEqual(bytes);
    // Half quarters at 120, of 12,000 samples each; the server may drop a block where the machine is busy.
    const gaps = lines().map(({ after }) => after);
    for (const [index, samples] of [12_000, 12_000, 12_000, 12_000, 24_000].entries()) {
      expect(Math.abs((gaps[index + 1] ?? 0) - samples) % 1024).toBeOneOf([0, 1, 1023]);
    }
  },
);
