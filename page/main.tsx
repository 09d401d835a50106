/**
 * The piano roll in the browser: connects to the daemon that served it, and draws.
 */
import { render } from "preact";
import { connect } from "../bridge/client/browser.ts";
import { App } from "./app/App.tsx";
import { PageClient } from "./page-client.ts";
import { Store } from "./state.ts";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/surfaces.css";
import "./app/app.css";
import "./roll/roll.css";
import "./fill/fill.css";
import "./sound/sound.css";
import "./files/files.css";
import "./training/training.css";
import "./styles/overrides.css";

const place = document.getElementById("page");
if (place !== null) {
  const store = new Store(new PageClient(await connect({ name: "page" })));
  store.connection.value = "open";
  const rollId = new URLSearchParams(location.hash.slice(1)).get("roll");
  if (rollId !== null) store.show(await store.client.get(rollId));
  render(<App store={store} />, place);
}
