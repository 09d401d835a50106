/**
 * The models that fills can name, read again when a manifest changes, such as after `continuo models import`.
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { BridgeError } from "../../bridge-error.ts";
import type { SongEngine } from "../../engine/fill.ts";
import { chooseModel, type KnownModel, listModels } from "../../engine/models.ts";
import { homeFolder, installFolder } from "../../instance/folders.ts";
import type { ModelEntry } from "../../protocol/methods.ts";
import { chooseRunModel, RUN_PREFIX } from "./run-models.ts";

const LOOK_MS = 1_000;

export class KnownModels {
  private readonly env: NodeJS.ProcessEnv;
  private readonly defaultId: string | undefined;
  private models: KnownModel[] = [];
  private seen = "";
  private readonly onChange: (models: ModelEntry[]) => void;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param defaultId  what a fill takes that names none; the manifest's default where left out
   * @throws BridgeError MANIFEST_DAMAGED
   */
  constructor(
    env: NodeJS.ProcessEnv,
    defaultId: string | undefined,
    onChange: (models: ModelEntry[]) => void,
  ) {
    [this.env, this.defaultId, this.onChange] = [env, defaultId, onChange];
    this.models = listModels(env);
    this.seen = this.stamp();
    // Two manifests looked at once a second cost less than a watcher that some file systems do not have.
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.timer.unref();
  }

  /** Read the manifests where they are others than at the last look. */
  look(): void {
    const stamp = this.stamp();
    if (stamp === this.seen) return;
    this.seen = stamp;
    try {
      this.models = listModels(this.env);
      this.onChange(this.entries());
    } catch {
      // Half a manifest: the next look finds it whole.
      this.seen = "";
    }
  }

  close(): void {
    clearInterval(this.timer);
  }

  entries(): ModelEntry[] {
    const first = this.defaultId ?? this.models.find((model) => model.isDefault)?.id;
    return this.models.map(({ id, sha256, licence, source }) => ({
      id,
      isDefault: id === first,
      sha256,
      licence,
      source,
    }));
  }

  /**
   * What runs a fill. Only ids and trainings are taken: a path would let a client have any file read.
   * @throws BridgeError MODEL_NOT_FOUND, MODEL_DAMAGED, RUN_NOT_FOUND
   */
  choose(id: string | undefined): SongEngine["model"] {
    const name = id ?? this.defaultId;
    if (name?.startsWith(RUN_PREFIX)) return chooseRunModel(name, this.env);
    const known = this.models.find((model) => (name === undefined ? model.isDefault : model.id === name));
    if (known === undefined) {
      const ids = this.models.map((model) => model.id).join(", ");
      throw new BridgeError(
        "MODEL_NOT_FOUND",
        `model ${name ?? "to start with"} not found; available: ${ids}`,
        {
          data: { model: name ?? null, installed: this.models.map((model) => model.id) },
        },
      );
    }
    return { ...chooseModel(known.id, this.env), sha256: known.sha256 };
  }

  private stamp(): string {
    const paths = [homeFolder(this.env), installFolder()].map((folder) =>
      join(folder, "models", "manifest.json"),
    );
    return paths
      .map((path) => (existsSync(path) ? `${statSync(path).mtimeMs}:${statSync(path).size}` : "-"))
      .join(" ");
  }
}
