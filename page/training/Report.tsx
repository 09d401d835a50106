/**
 * The training data, as histograms.
 */
import type { DatasetReport, TrainingRun } from "../../bridge/client/generated/protocol.ts";
import type { TrainingPageState } from "./training-state.ts";
import { count, counted, sourcesOf } from "./words.ts";

const HISTOGRAMS = [
  ["pitch", "Pitches, by octave"],
  ["instrument", "Instruments"],
  ["meter", "Meters, by bars"],
  ["tempo", "Tempos, in quarters a minute"],
] as const;
const MOST_BARS = 12;

export function Report({ state, run }: { state: TrainingPageState; run: TrainingRun }) {
  const report = state.report.value;
  if (report === undefined) return null;
  const { pieces, heldOutPieces, notes, duplicates, failed } = report;
  return (
    <section class="training-section" aria-labelledby="training-report">
      <h3 id="training-report">What it learns from</h3>
      <p class="quiet">
        {counted(pieces, "piece")}, {count(notes)} notes; {heldOutPieces} held out to measure by.
        {duplicates > 0 && ` ${counted(duplicates, "file")} twice there, counted once.`}
        {failed.length > 0 && ` ${counted(failed.length, "file")} could not be read.`}
      </p>
      <p class="quiet training-folders">{sourcesOf(run)}</p>
      <div class="training-histograms">
        {HISTOGRAMS.map(([name, title]) => (
          <Bars key={name} title={title} bars={report.histograms[name]} />
        ))}
      </div>
      {failed.length > 0 && (
        <details>
          <summary>Files that could not be read</summary>
          <ul class="training-failed">
            {failed.slice(0, 50).map(({ path, reason }) => (
              <li key={path}>
                <code>{path}</code>: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Bars({ title, bars }: { title: string; bars: DatasetReport["histograms"]["pitch"] }) {
  const all = bars.filter((bar) => bar.count > 0);
  const shown =
    all.length <= MOST_BARS ? all : [...all].sort((a, b) => b.count - a.count).slice(0, MOST_BARS);
  const most = Math.max(1, ...shown.map((bar) => bar.count));
  return (
    <figure class="training-bars">
      <figcaption>{title}</figcaption>
      <table>
        <tbody>
          {shown.map((bar) => (
            <tr key={bar.label}>
              <th scope="row">{bar.label}</th>
              <td class="training-bar">
                <meter class="training-meter" min={0} max={most} value={bar.count} aria-hidden="true" />
              </td>
              <td class="figures quiet">{count(bar.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
