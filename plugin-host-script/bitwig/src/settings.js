// The buttons and settings in Bitwig's Studio I/O panel; Bitwig keeps their values in the project.

var ACTIONS = "Continuo";
var WISHES = "Continuo: wishes";
var WHERE = "Continuo: where";

var LOOP = "Selected notes, else the loop";
var BARS = "Bars";
export var LAUNCHER = "Launcher";
/** Nobody has seen it work yet. */
export var ARRANGER = "Arranger (unproven)";
var COPY = "A copy in the next free slot";
var HERE = "This clip";

/** @param {Value} setting */
function interested(setting) {
  setting.markInterested();
}

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

  /** @param {string} label @param {string} group @param {string[]} options */
  function choice(label, group, options) {
    var value = state.getEnumSetting(label, group, options, options[0]);
    interested(value);
    return function () {
      return String(value.get());
    };
  }

  /** @param {string} label @param {string} group @param {number[]} range least, most, step, first */
  function number(label, group, range) {
    var value = state.getNumberSetting(label, group, range[0], range[1], range[2], "", range[3]);
    interested(value);
    var scale = 1 / range[2];
    return function () {
      var raw = Math.min(range[1], Math.max(range[0], value.getRaw()));
      return Math.round(raw * scale) / scale;
    };
  }

  /** @param {string} label @param {string} group */
  function text(label, group) {
    var value = state.getStringSetting(label, group, 64, "");
    interested(value);
    return function () {
      return String(value.get()).replace(/^\s+|\s+$/g, "");
    };
  }

  var place = choice("Region", WHERE, [LOOP, BARS]);
  var firstBar = number("From bar", WHERE, [1, 9999, 1, 1]);
  var lastBar = number("To bar", WHERE, [1, 9999, 1, 4]);
  var kind = choice("Clip", WHERE, ["Last touched", LAUNCHER, ARRANGER]);
  var target = choice("Write launcher clips into", WHERE, [COPY, HERE]);
  var drums = choice("Drums", WHERE, ["By its devices or name", "Yes", "No"]);
  var density = number("Density (0: as around, 1 sparse - 10 dense)", WISHES, [0, 10, 1, 0]);
  var polyphony = number("Notes at once (0: as around)", WISHES, [0, 64, 1, 0]);
  var lowest = number("Lowest pitch (MIDI)", WISHES, [0, 127, 1, 0]);
  var highest = number("Highest pitch (MIDI)", WISHES, [0, 127, 1, 127]);
  var scale = text('Scale ("auto", "D dorian", or empty)', WISHES);
  var rhythms = ["Free", "Of the old notes", "Old onsets, free lengths"];
  var rhythm = choice("Rhythm", WISHES, rhythms);
  var temperature = number("Temperature (0.05 safe - 5 wild)", WISHES, [0.05, 5, 0.05, 0.5]);
  var amount = number("Vary: how much (0 nothing - 1 all)", WISHES, [0, 1, 0.05, 0.5]);
  var candidates = number("Candidates", WISHES, [1, 16, 1, 4]);
  var seed = number("Seed (0: another each time)", WISHES, [0, 1000000, 1, 0]);
  var model = text("Model (empty: the default)", WISHES);

  return {
    bars: function () {
      if (place() !== BARS) return null;
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
