/**
 * The form for a new track.
 */
import { useState } from "preact/hooks";
import type { Store } from "../state.ts";
import { byEscape } from "../ui/closing.ts";
import { type Instrument, InstrumentField, instrumentName, PIANO } from "../ui/InstrumentField.tsx";
import { addTrack } from "./tracks.ts";

export function AddTrackForm({
  store,
  onDone,
  canCancel,
}: {
  store: Store;
  onDone: () => void;
  canCancel: boolean;
}) {
  const [instrument, setInstrument] = useState<Instrument>(PIANO);
  const [name, setName] = useState("");
  return (
    <form
      class="tracks-form stack"
      aria-label="Add a track"
      onKeyDown={canCancel ? byEscape(onDone) : undefined}
      onSubmit={(event) => {
        event.preventDefault();
        const newTrack = { name: name.trim() || instrumentName(instrument), ...instrument };
        void addTrack(store, newTrack).then((isThere) => isThere && onDone());
      }}
    >
      <InstrumentField value={instrument} onChange={setInstrument} takesFocus={canCancel} />
      <label class="field">
        <span>Name</span>
        <input
          value={name}
          maxLength={200}
          placeholder={instrumentName(instrument)}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      <div class="row">
        <button type="submit" class="button button-primary grow" disabled={store.connection.value !== "open"}>
          Add
        </button>
        {canCancel && (
          <button type="button" class="button" onClick={onDone}>
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}
