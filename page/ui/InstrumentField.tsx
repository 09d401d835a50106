/**
 * The choice of an instrument: drums, or one of General MIDI.
 */
import { useEffect, useRef } from "preact/hooks";
import { FAMILY_NAMES, programTitle } from "../../bridge/music/programs.ts";

export interface Instrument {
  readonly program: number;
  readonly isDrums: boolean;
}

export const PIANO: Instrument = { program: 0, isDrums: false };

const PROGRAMS_A_FAMILY = 8;
const DRUMS = "drums";

export function InstrumentField({
  value,
  onChange,
  takesFocus = false,
}: {
  value: Instrument;
  onChange: (instrument: Instrument) => void;
  /** Where it comes in place of what was pressed. */
  takesFocus?: boolean;
}) {
  const field = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    if (takesFocus) field.current?.focus();
  }, [takesFocus]);
  return (
    <label class="field">
      <span>Instrument</span>
      <select
        ref={field}
        value={value.isDrums ? DRUMS : String(value.program)}
        onChange={({ currentTarget: { value: chosen } }) =>
          onChange(
            chosen === DRUMS ? { program: 0, isDrums: true } : { program: Number(chosen), isDrums: false },
          )
        }
      >
        <option value={DRUMS}>Drums</option>
        {FAMILY_NAMES.map((family, index) => (
          <optgroup key={family} label={family}>
            {Array.from({ length: PROGRAMS_A_FAMILY }, (_, at) => index * PROGRAMS_A_FAMILY + at).map(
              (program) => (
                <option key={program} value={String(program)}>
                  {instrumentName({ program, isDrums: false })}
                </option>
              ),
            )}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

/** "Fingered bass". */
export function instrumentName({ program, isDrums }: Instrument): string {
  return isDrums ? "Drums" : programTitle(program);
}
