/**
 * Possible values of options and arguments, as far as they are known before the command runs.
 */
import type { Argument, Option } from "commander";

/** Values that the program itself is asked for when they are wanted. */
export const DYNAMIC = ["models", "own-models", "tracks"] as const;
export type DynamicKind = (typeof DYNAMIC)[number];

export interface Values {
  /** Where they come from; nothing can be said about text. */
  kind: DynamicKind | "choices" | "files" | "folders" | "text";
  choices: readonly string[];
}

const DEVICES = ["auto", "cpu", "cuda", "directml", "coreml", "webgpu"];
/** As a command writes them, or as every command does. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  "--device": DEVICES,
  "train --device": ["cpu", "wgpu", "cuda", "metal"],
  "train --model": ["infill-s", "infill-m", "lstm-192", "lstm-416", "lstm-1024", "gru-512"],
  "completion SHELL": ["bash", "zsh", "fish"],
  "replay JOB": ["last"],
};
const KINDS: Readonly<Record<string, Values["kind"]>> = {
  "--track": "tracks",
  "models remove NAME": "own-models",
};
/** By the word that stands for a value in the help. */
const KIND_OF_WORD: Readonly<Record<string, Values["kind"]>> = {
  "ID|DIR": "models",
  ID: "models",
  MODEL: "models",
  DATA: "folders",
  DATASET: "folders",
  DIR: "folders",
  FOLDER: "folders",
  RUN: "folders",
};

/** @param command  its words after the program's name, such as `models list` */
export function valuesOfOption(command: string, option: Option): Values {
  const name = option.long ?? option.flags;
  const word = /[<[]([^>\].]+)/.exec(option.flags)?.[1] ?? "";
  return valuesOf(
    [`${command} ${name}`, name],
    option.argChoices,
    word,
    /[<[][\w|]*\.|FILE/.test(option.flags),
  );
}

export function valuesOfArgument(command: string, argument: Argument): Values {
  const name = argument.name();
  return valuesOf([`${command} ${name}`], argument.argChoices, name, /\.|FILE/.test(name));
}

function valuesOf(
  names: readonly string[],
  own: readonly string[] | undefined,
  word: string,
  isFile: boolean,
): Values {
  const choices = own ?? names.map((name) => CHOICES[name]).find((found) => found !== undefined);
  if (choices !== undefined) return { kind: "choices", choices };
  const kind = names.map((name) => KINDS[name]).find((found) => found !== undefined) ?? KIND_OF_WORD[word];
  return { kind: kind ?? (isFile ? "files" : "text"), choices: [] };
}
