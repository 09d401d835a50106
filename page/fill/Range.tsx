/** A slider with its name, its value, and labels for its ends. */
export function Range({
  label,
  title,
  ends,
  text,
  onChange,
  ...range
}: {
  label: string;
  title: string;
  ends?: readonly [string, string];
  min: number;
  max: number;
  step: number;
  value: number;
  text: string;
  onChange: (value: number) => void;
}) {
  return (
    <label class="field fill-range" title={title}>
      <span class="fill-range-head">
        <span>{label}</span>
        <output class="figures">{text}</output>
      </span>
      <input
        type="range"
        class="slider"
        // The label around it is that of the output, which comes first in it.
        aria-label={label}
        aria-valuetext={text}
        {...range}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      {ends !== undefined && (
        <span class="fill-range-ends" aria-hidden="true">
          <span>{ends[0]}</span>
          <span>{ends[1]}</span>
        </span>
      )}
    </label>
  );
}
