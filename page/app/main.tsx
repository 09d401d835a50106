/**
 * The piano roll in the browser: draws at once, connects to the daemon that served it, and stays connected.
 */
import { render } from "preact";
import { watchTracks } from "../editor/tracks.ts";
import { followAddress } from "../files/address.ts";
import { watchRemovals } from "../files/removals.ts";
import { keepBeforeLeaving } from "../keeping/keeper.ts";
import { installSound } from "../sound/install.ts";
import { keepChoices } from "../ui/frame-state.ts";
import { App } from "./App.tsx";
import { connectStore, newStore } from "./connection.ts";
import { watchHeartbeat } from "./heartbeat.ts";
import { warnBeforeLoss } from "./unload.ts";
import { watchWriting } from "./writing.ts";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/surfaces.css";
import "./app.css";
import "./sheet.css";
import "./told.css";
import "../editor/editor.css";
import "../editor/chords.css";
import "../fill/add-part.css";
import "../fill/fill.css";
import "../fill/together.css";
import "../sound/sound.css";
import "../files/files.css";
import "../training/window.css";
import "../training/new-training.css";
import "../training/run.css";
import "../training/curve.css";
import "../training/report.css";
import "../training/models.css";
import "../styles/forced.css";
import "../styles/overrides.css";

const container = document.getElementById("page");
if (container !== null) {
  keepChoices();
  const store = newStore();
  warnBeforeLoss(store);
  keepBeforeLeaving(store);
  watchRemovals(store);
  watchHeartbeat(store);
  watchTracks(store);
  watchWriting(store);
  render(<App store={store} />, container);
  installSound(store);
  connectStore(store).then(() => followAddress(store));
}
