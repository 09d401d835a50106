/**
 * Shell completion, in the shells themselves: commands, options, and values that only the program knows.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect, inject, test } from "vitest";
import { importModel } from "../../../bridge/engine/user-models.ts";
import { testWith } from "../../e2e/support/needs.ts";
import { PROGRAM, temporaryFolder } from "../support/cli.ts";

const SONG = "Le Désir.mid";

/** What is typed, and what is offered then. */
const TYPED: readonly (readonly [string, readonly string[]])[] = [
  ["continuo inf", ["info"]],
  ["continuo models i", ["import", "info"]],
  ["continuo fill --pitch", ["--pitch-range"]],
  ["continuo fill --rhythm k", ["keep", "keep-onsets"]],
  ["continuo fill song.mid --device c", ["coreml", "cpu", "cuda"]],
  [`continuo fill "${SONG}" --track `, ["1", "2", "3", "Chant"]],
  [`continuo fill "${SONG}" --track C`, ["Chant"]],
  ["continuo fill song.mid --model inf", ["infill-s"]],
  ["continuo fill song.mid --model mi", ["mine"]],
  ["continuo models remove ", ["mine"]],
  ["continuo install ", ["ableton", "ardour", "bitwig", "plugin", "reaper", "service"]],
  ["continuo uninstall b", ["bitwig"]],
  ["continuo completion ", ["bash", "fish", "zsh"]],
  ["continuo train data --model lstm-1", ["lstm-1024", "lstm-192"]],
  ["continuo help fi", ["fill"]],
  ["continuo models help e", ["export"]],
  ["continuo dataset build data -o al", ["album"]],
];

/** Offers in a folder with a song, an album and a model of the user's own. */
function offers(shell: string, args: readonly string[], line: string): string[] {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "album"));
  const program = join(folder, "bin", "continuo");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
  chmodSync(program, 0o755);
  copyFileSync("test/fixtures/holmes-le-desir.mid", join(folder, SONG));
  const home = join(folder, "home");
  mkdirSync(home);
  const mine = { name: "mine", licence: "none", source: "random weights" };
  importModel(inject("tinyModel"), { ...mine, env: { CONTINUO_HOME: home } });
  const told = execFileSync(shell, [...args, line], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      HOME: folder,
      CONTINUO_HOME: home,
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    },
  });
  const found = (shell === "zsh" ? listedByZsh(told) : told)
    .split("\n")
    .map((text) => text.split("\t")[0]?.replace(/\/$/, "") ?? "");
  return found.filter((text) => text !== "").sort();
}

const BASH = `source <(continuo completion bash)
eval "COMP_WORDS=($1)"; case "$1" in *" ") COMP_WORDS+=("") ;; esac
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _continuo; printf '%s\\n' "\${COMPREPLY[@]}"`;
const FISH = `continuo completion fish | source; complete -C $argv[1]`;
/** Completion of zsh works in its line editor alone: it gets a terminal, and what it lists there is read. */
const ZSH = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; setopt no_beep; autoload -Uz compinit; compinit -u -D; source <(continuo completion zsh)
  zstyle ":completion:*" verbose no; bindkey "^I" list-choices; stty cols 400
  finish() { print "DO""NE" }; zle -N finish; bindkey "^X" finish; echo "READ""Y"'
wait_for() { local part; while zpty -r z part; do shown+=$part; [[ $part == *$1* ]] && return; done }
wait_for READY
shown=; zpty -w -n z "$1"$'\\t\\x18'
wait_for DONE
zpty -d z
print -r -- $shown`;

const WAY_BACK = new RegExp(`${"\u001b"}\\[\\d*A`);

/** What stands between the line that was typed and the way back up to it, one a line. */
function listedByZsh(shown: string): string {
  const [list = ""] = shown.slice(shown.indexOf("\n")).split(WAY_BACK);
  return stripVTControlCharacters(list).replace(/\s+/g, "\n");
}

const SHELLS = [
  ["bash", ["-c", BASH, "_"]],
  ["fish", ["-N", "-c", FISH]],
  ["zsh", ["-f", "-c", ZSH, "_"]],
] as const;

for (const [shell, args] of SHELLS) {
  const isThere = spawnSync(shell, ["-c", ":"]).status === 0;
  for (const [line, expected] of TYPED) {
    testWith(shell, isThere)(`${shell}: ${line}`, () => {
      expect(offers(shell, args, line)).toEqual(expected);
    });
  }
}

test("what was typed so far is not a command: nothing is said of what is wrong with it", () => {
  const ask = (...words: string[]) =>
    spawnSync(process.execPath, [PROGRAM, "__complete", ...words], { encoding: "utf8" });
  for (const words of [["tracks", "fill", "gone.mid"], ["tracks", "fill", PROGRAM], ["other"], []]) {
    expect(ask(...words)).toMatchObject({ status: 0, stdout: "", stderr: "" });
  }
});
