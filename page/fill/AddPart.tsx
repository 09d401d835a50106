/**
 * The form for a part that the song does not have yet: what it does, how it sounds, where, and over which chords.
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { parsePart, ROLES, type Role } from "../../bridge/music/parts.ts";
import { MODES, scaleName, TONICS } from "../../bridge/music/scales.ts";
import type { Store } from "../state.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { InstrumentField } from "../ui/InstrumentField.tsx";
import { Icon } from "../ui/icons.tsx";
import { type OpenForm, type PartForm, usualName, withBars } from "./adding.ts";
import { fillOf } from "./fill.ts";

export function AddPart({ store }: { store: Store }) {
  const { adding } = fillOf(store);
  const open = adding.open.value;
  if (open === undefined) return null;
  return <PartDialog store={store} open={open} />;
}

function PartDialog({ store, open }: { store: Store; open: OpenForm }) {
  const fill = fillOf(store);
  const dialog = useRef<HTMLDialogElement>(null);
  const [form, setForm] = useState<PartForm>(open.form);
  const change = (part: Partial<PartForm>) => setForm({ ...form, ...part });
  useLayoutEffect(() => {
    dialog.current?.showModal();
    // What is to be mended comes first.
    const first = open.problem === undefined ? "select" : ".add-part-chords";
    dialog.current?.querySelector<HTMLElement>(first)?.focus();
  }, [open]);
  const close = () => fill.adding.close();
  return (
    <Dialog dialog={dialog} name="add-part" title="Add a part" onClose={close}>
      <form
        class="dialog-body add-part-form"
        onSubmit={(event) => {
          event.preventDefault();
          fill.addPart(form);
        }}
      >
        {open.problem !== undefined && (
          <p class="fill-problem" role="alert">
            {open.problem.text}
          </p>
        )}
        <RoleField form={form} onChange={change} />
        {form.role !== "drums" && (
          <InstrumentField
            value={{ program: form.program, isDrums: false }}
            onChange={({ program, isDrums }) => change(isDrums ? { role: "drums", program: 0 } : { program })}
          />
        )}
        <label class="field">
          <span>Name of the track</span>
          <input
            value={form.name}
            maxLength={200}
            placeholder={usualName(form.role, form.program)}
            onInput={({ currentTarget }) => change({ name: currentTarget.value })}
          />
        </label>
        <BarFields form={form} onChange={setForm} />
        {form.role !== "drums" && <HarmonyFields form={form} open={open} onChange={change} />}
        <div class="row add-part-buttons">
          <button
            type="submit"
            class="button button-primary grow"
            disabled={store.connection.value !== "open"}
          >
            <Icon name="fill" /> Add and fill
          </button>
          <button type="button" class="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface FieldProps {
  form: PartForm;
  onChange: (part: Partial<PartForm>) => void;
}

const OTHER = "other";

function RoleField({ form, onChange }: FieldProps) {
  const choose = (chosen: string) => {
    const role = ROLES.find((known) => known === chosen);
    onChange(role === undefined ? { role: undefined } : { role, program: parsePart(role).program });
  };
  return (
    <label class="field">
      <span>Part</span>
      <select value={form.role ?? OTHER} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {ROLES.map((role: Role) => (
          <option key={role} value={role}>
            {usualName(role, 0)}
          </option>
        ))}
        <option value={OTHER}>What its instrument usually plays</option>
      </select>
    </label>
  );
}

function BarFields({ form, onChange }: { form: PartForm; onChange: (form: PartForm) => void }) {
  const { firstBar, lastBar } = form;
  return (
    <div class="add-part-bars">
      <label class="field">
        <span>From bar</span>
        <input
          type="number"
          required
          min={1}
          max={9999}
          value={firstBar}
          onChange={({ currentTarget }) =>
            onChange(
              withBars(form, currentTarget.valueAsNumber, Math.max(lastBar, currentTarget.valueAsNumber)),
            )
          }
        />
      </label>
      <label class="field">
        <span>To bar</span>
        <input
          type="number"
          required
          min={firstBar}
          max={9999}
          value={lastBar}
          onChange={({ currentTarget }) => onChange(withBars(form, firstBar, currentTarget.valueAsNumber))}
        />
      </label>
    </div>
  );
}

function HarmonyFields({ form, open, onChange }: FieldProps & { open: OpenForm }) {
  return (
    <>
      <label class="field">
        <span>Chords</span>
        <input
          class="add-part-chords"
          value={form.chords}
          maxLength={1_000}
          autocomplete="off"
          spellcheck={false}
          placeholder={open.asksForChords ? "Am | F | C G | Em" : "those of the song"}
          aria-describedby="add-part-chords"
          onInput={({ currentTarget }) => onChange({ chords: currentTarget.value })}
        />
      </label>
      <p id="add-part-chords" class="quiet add-part-hint">
        A bar between two |, such as Am | F | C G | Em. They are repeated to the last bar.
      </p>
      {open.asksForChords && (
        <label class="field">
          <span>Or a key</span>
          <select value={form.key} onChange={({ currentTarget }) => onChange({ key: currentTarget.value })}>
            <option value="">any</option>
            {MODES.filter((mode) => mode === "major" || mode === "minor").map((mode) => (
              <optgroup key={mode} label={mode}>
                {TONICS.map((tonic) => (
                  <option key={tonic} value={scaleName(tonic, mode)}>
                    {scaleName(tonic, mode)}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </label>
      )}
    </>
  );
}
