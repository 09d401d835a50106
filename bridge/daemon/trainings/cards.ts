/**
 * The models' metadata: their cards, and how they were trained.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type KnownModel, MODEL_FILE } from "../../engine/models.ts";
import { installFolder } from "../../instance/folders.ts";
import type { ModelCard } from "../../protocol/training.ts";

const recordSchema = z.object({
  architecture: z.object({ family: z.string() }),
  training: z.record(z.string(), z.unknown()).nullish(),
});

export function cardsOf(models: readonly KnownModel[], defaultId: string | undefined): ModelCard[] {
  return models.map(({ id, folder, licence, source, size }) => {
    const record = recordSchema.safeParse(parsed(join(folder, MODEL_FILE))).data;
    return {
      id,
      isDefault: id === defaultId,
      licence,
      source,
      bytes: size,
      family: record?.architecture.family ?? null,
      card: textOf(join(installFolder(), "models", "cards", `${id}.md`)),
      training: record?.training ?? null,
    };
  });
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
