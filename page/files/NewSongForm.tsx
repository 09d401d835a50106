/**
 * The form for a new song.
 */
import { useState } from "preact/hooks";
import type { Store } from "../state.ts";
import { byEscape } from "../ui/closing.ts";
import { type Instrument, InstrumentField, PIANO } from "../ui/InstrumentField.tsx";
import { Icon } from "../ui/icons.tsx";
import { METERS, type Meter, openNewSong, TEMPOS } from "./new-song.ts";

export function NewSongForm({ store, onClose }: { store: Store; onClose: () => void }) {
  const [title, setTitle] = useState("New song");
  const [qpm, setQpm] = useState<number>(TEMPOS.usual);
  const [meter, setMeter] = useState<Meter>("4/4");
  const [instrument, setInstrument] = useState<Instrument>(PIANO);
  return (
    <form
      class="new-song"
      aria-label="New song"
      onKeyDown={byEscape(onClose)}
      onSubmit={(event) => {
        event.preventDefault();
        void openNewSong(store, { title, qpm, meter, instrument });
      }}
    >
      <label class="field">
        <span>Title</span>
        <input value={title} maxLength={200} onInput={({ currentTarget }) => setTitle(currentTarget.value)} />
      </label>
      <label class="field">
        <span>Tempo</span>
        <input
          type="number"
          required
          min={TEMPOS.slowest}
          max={TEMPOS.fastest}
          step="any"
          value={qpm}
          onInput={({ currentTarget }) => setQpm(currentTarget.valueAsNumber || TEMPOS.usual)}
        />
      </label>
      <label class="field">
        <span>Meter</span>
        <select value={meter} onChange={({ currentTarget }) => setMeter(currentTarget.value as Meter)}>
          {METERS.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <InstrumentField value={instrument} onChange={setInstrument} />
      <button type="submit" class="button button-primary" disabled={store.connection.value !== "open"}>
        <Icon name="plus" />
        Create
      </button>
    </form>
  );
}
