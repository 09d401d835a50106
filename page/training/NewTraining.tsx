/**
 * "Teach it your style": the files to learn from, the model to start from, the time.
 */

import { useRef, useState } from "preact/hooks";
import { isMidiName, MIDI_ACCEPT } from "../../bridge/music/midi-files.ts";
import { Icon } from "../ui/icons.tsx";
import { FolderField } from "./FolderField.tsx";
import { base64Of, inPieces } from "./pieces.ts";
import type { TrainingPageState } from "./training-state.ts";
import { useDrops } from "./use-drops.ts";
import { counted, duration, modelName } from "./words.ts";

const MINUTES = [5, 10, 30, 60, 180] as const;
const USUAL_MINUTES = 10;
/** Below this nothing is held out, and nobody can say whether it got better. */
const LEAST_FILES = 5;

export function NewTraining({ state }: { state: TrainingPageState }) {
  const [files, setFiles] = useState<readonly File[]>([]);
  const [folders, setFolders] = useState<readonly { path: string; files: number }[]>([]);
  const [name, setName] = useState("My style");
  const [from, setFrom] = useState("");
  const [minutes, setMinutes] = useState<number>(USUAL_MINUTES);
  const [sent, setSent] = useState<number>();
  const problem = state.problem.value;
  const total = files.length + folders.reduce((sum, folder) => sum + folder.files, 0);
  const models = state.models.value;
  const base = from || (models.find(({ isDefault }) => isDefault)?.id ?? "");
  const add = (more: readonly File[]) => {
    const known = new Set(files.map((file) => `${file.name} ${file.size}`));
    setFiles([
      ...files,
      ...more.filter((file) => isMidiName(file.name) && !known.has(`${file.name} ${file.size}`)),
    ]);
  };
  const start = async () => {
    setSent(0);
    const run = await state.attempt(async () => {
      const { daemon } = state.store.client;
      const dataset = `${modelName(name)}-${Date.now().toString(36)}`;
      let done = 0;
      for (const piece of inPieces(files)) {
        const bytes = await Promise.all(
          piece.map(async (file) => ({ name: file.name, bytes: await base64Of(file) })),
        );
        await daemon.call("dataset/add", { name: dataset, files: bytes });
        done += piece.length;
        setSent(done);
      }
      return daemon.call("training/start", {
        name: name.trim() || "My style",
        folders: folders.map(({ path }) => path),
        ...(files.length === 0 ? {} : { dataset }),
        ...(base === "" ? {} : { from: base }),
        minutes,
      });
    });
    setSent(undefined);
    if (run === undefined) return;
    state.changed(run);
    state.show({ kind: "run", runId: run.runId });
  };
  return (
    <form
      class="training-form"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <header>
        <h2 class="training-title">Teach it your style</h2>
        <p class="quiet">
          It listens to MIDI files that you made, or like, and learns to fill the way they go. It all happens
          on this machine, and you can pause it at any time.
        </p>
      </header>
      {problem !== undefined && (
        <p class="training-missing" role="alert">
          <Icon name="warning" size={18} />
          <span>Nothing can be trained on this machine yet: {problem}.</span>
        </p>
      )}
      <DropZone add={add} />
      <FolderField
        state={state}
        add={(folder) => setFolders([...folders.filter(({ path }) => path !== folder.path), folder])}
      />
      <ul class="training-sources" aria-label="What it learns from">
        {files.length > 0 && (
          <Source label={counted(files.length, "dropped file")} remove={() => setFiles([])} />
        )}
        {folders.map((folder) => (
          <Source
            key={folder.path}
            label={`${folder.path}: ${counted(folder.files, "file")}`}
            remove={() => setFolders(folders.filter(({ path }) => path !== folder.path))}
          />
        ))}
      </ul>
      <div class="training-fields">
        <label class="field">
          <span>Name</span>
          <input
            value={name}
            maxLength={64}
            required
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Goes on from</span>
          <select value={base} onChange={(event) => setFrom(event.currentTarget.value)}>
            {models.map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>How long</span>
          <select value={minutes} onChange={(event) => setMinutes(Number(event.currentTarget.value))}>
            {MINUTES.map((value) => (
              <option key={value} value={value}>
                {duration(value * 60)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="row training-start">
        <button
          type="submit"
          class="button button-primary button-large"
          disabled={total === 0 || sent !== undefined || problem !== undefined}
        >
          <Icon name="training" />
          {sent === undefined ? "Start learning" : `Sending files… ${sent} of ${files.length}`}
        </button>
        <p class="quiet" role="status">
          {total === 0 && "Add some files first."}
          {total > 0 &&
            total < LEAST_FILES &&
            `With ${LEAST_FILES} files or more it can also measure whether it gets better.`}
          {total >= LEAST_FILES && `It learns from ${counted(total, "file")}.`}
        </p>
      </div>
    </form>
  );
}

function DropZone({ add }: { add: (files: readonly File[]) => void }) {
  const isOver = useDrops(add);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class={isOver ? "training-drop training-drop-over" : "training-drop"}>
      <Icon name="note" size={28} />
      <p>Drop MIDI files here, or a folder of them</p>
      <button type="button" class="button" onClick={() => input.current?.click()}>
        Choose files
      </button>
      <input
        ref={input}
        type="file"
        class="unseen"
        tabIndex={-1}
        accept={MIDI_ACCEPT}
        multiple
        aria-label="MIDI files to learn from"
        onChange={(event) => {
          add([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}

function Source({ label, remove }: { label: string; remove: () => void }) {
  return (
    <li class="row training-source">
      <Icon name="folder" size={16} />
      <span class="cut grow" title={label}>
        {label}
      </span>
      <button
        type="button"
        class="icon-button icon-button-small"
        aria-label={`Leave out ${label}`}
        title="Leave out"
        onClick={remove}
      >
        <Icon name="close" size={14} />
      </button>
    </li>
  );
}
