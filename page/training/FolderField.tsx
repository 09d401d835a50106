/**
 * A field for the path of a folder on this machine. A browser does not reveal paths, so it is typed or pasted, and
 * the daemon checks it.
 */
import { useState } from "preact/hooks";
import { plainText } from "../ui/plain-words.ts";
import type { TrainingPageState } from "./training-state.ts";

export function FolderField({
  state,
  add,
}: {
  state: TrainingPageState;
  add: (folder: { path: string; files: number }) => void;
}) {
  const [path, setPath] = useState("");
  const [problem, setProblem] = useState("");
  const check = async () => {
    if (path.trim() === "") return;
    try {
      const found = await state.store.client.daemon.call("dataset/check", { path: path.trim() });
      if (found.files === 0) {
        setProblem("This folder has no MIDI files.");
        return;
      }
      add(found);
      setPath("");
      setProblem("");
    } catch (thrown) {
      setProblem(plainText(thrown));
    }
  };
  return (
    <div class="training-folder">
      <label class="field grow">
        <span>or a folder on this machine, by its path</span>
        <input
          value={path}
          placeholder="/home/me/Music/midi"
          spellcheck={false}
          aria-invalid={problem !== ""}
          aria-describedby="training-folder-problem"
          onInput={(event) => {
            setPath(event.currentTarget.value);
            setProblem("");
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            // Enter adds the folder; the form is sent by its button.
            event.preventDefault();
            void check();
          }}
        />
      </label>
      <button type="button" class="button" disabled={path.trim() === ""} onClick={() => void check()}>
        Add folder
      </button>
      <p id="training-folder-problem" class="training-problem" role="alert">
        {problem}
      </p>
    </div>
  );
}
