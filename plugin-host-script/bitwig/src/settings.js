// The buttons and settings in Bitwig's Studio I/O panel; Bitwig keeps their values in the project.
import { createFields } from "./fields.js";

var ACTIONS = "Continuo";
var SETTINGS = "Continuo: settings";
var WHERE = "Continuo: where";

var LOOP = "Selected notes, else the loop";
var BARS = "Bars";
export var LAUNCHER = "Launcher";
/** Nobody has seen it work yet. */
export var ARRANGER = "Arranger (unproven)";
var COPY = "A copy in the next free slot";
var HERE = "This clip";

/**
 * @param {ControllerHost} host
 * @param {Desk} desk
 * @param {{ [label: string]: () => void }} actions what the buttons do, in their order
 * @returns {ScriptSettings}
 */
export function createSettings(host, desk, actions) {
  var state = host.getDocumentState();
  Object.keys(actions).forEach(function (label) {
    state.getSignalSetting(label, ACTIONS, label).addSignalObserver(desk.guarded(actions[label]));
  });

  var fields = createFields(state);
  var regionKind = fields.choice("Region", WHERE, [LOOP, BARS]);
  var firstBar = fields.number("From bar", WHERE, [1, 9999, 1, 1]);
  var lastBar = fields.number("To bar", WHERE, [1, 9999, 1, 4]);
  var kind = fields.choice("Clip", WHERE, ["Last touched", LAUNCHER, ARRANGER]);
  var target = fields.choice("Write launcher clips into", WHERE, [COPY, HERE]);
  var drums = fields.choice("Drums", WHERE, ["By its devices or name", "Yes", "No"]);
  var density = fields.number("Density (0: as around, 1 sparse - 10 dense)", SETTINGS, [0, 10, 1, 0]);
  var polyphony = fields.number("Notes at once (0: as around)", SETTINGS, [0, 64, 1, 0]);
  var lowest = fields.number("Lowest pitch (MIDI)", SETTINGS, [0, 127, 1, 0]);
  var highest = fields.number("Highest pitch (MIDI)", SETTINGS, [0, 127, 1, 127]);
  var scale = fields.text('Scale ("auto", "D dorian", or empty)', SETTINGS);
  var rhythms = ["Free", "Of the old notes", "Old onsets, free lengths"];
  var rhythm = fields.choice("Rhythm", SETTINGS, rhythms);
  var temperature = fields.number("Temperature (0.05 safe - 5 wild)", SETTINGS, [0.05, 5, 0.05, 0.5]);
  var amount = fields.number("Vary, humanize: how much (0 nothing - 1 all)", SETTINGS, [0, 1, 0.05, 0.5]);
  var candidates = fields.number("Candidates", SETTINGS, [1, 16, 1, 4]);
  var seed = fields.number("Seed (0: another each time)", SETTINGS, [0, 1000000, 1, 0]);
  var model = fields.text("Model (empty: the default)", SETTINGS);

  return {
    bars: function () {
      if (regionKind() !== BARS) return null;
      return { first: Math.min(firstBar(), lastBar()), last: Math.max(firstBar(), lastBar()) };
    },
    kind: kind,
    drums: drums,
    isCopying: function () {
      return target() === COPY;
    },
    controls: function (mode) {
      /** @type {{ [name: string]: any }} */
      var controls = {};
      // Notes that stay have no density, range or scale to be held to.
      if (mode === "humanize") return { amount: amount() };
      if (density() > 0) controls.density = density();
      if (polyphony() > 0) controls.polyphony = polyphony();
      var range = [Math.min(lowest(), highest()), Math.max(lowest(), highest())];
      if (range[0] > 0 || range[1] < 127) controls.pitchRange = range;
      if (scale() !== "") controls.scale = scale();
      if (rhythm() !== rhythms[0]) controls.rhythm = rhythm() === rhythms[1] ? "keep" : "keepOnsets";
      if (mode === "vary") controls.amount = amount();
      return controls;
    },
    sampling: function () {
      /** @type {{ [name: string]: number }} */
      var sampling = { temperature: temperature(), candidates: candidates() };
      if (seed() > 0) sampling.seed = seed();
      return sampling;
    },
    model: model
  };
}
