// Creates fields of Bitwig's panel; each is a function that returns the current value.

/** @param {DocumentState} state */
export function createFields(state) {
  return {
    /** @param {string} label @param {string} group @param {string[]} options */
    choice: function (label, group, options) {
      var value = state.getEnumSetting(label, group, options, options[0]);
      value.markInterested();
      return function () {
        return String(value.get());
      };
    },
    /** @param {string} label @param {string} group @param {number[]} range least, most, step, first */
    number: function (label, group, range) {
      var value = state.getNumberSetting(label, group, range[0], range[1], range[2], "", range[3]);
      value.markInterested();
      var scale = 1 / range[2];
      return function () {
        var raw = Math.min(range[1], Math.max(range[0], value.getRaw()));
        return Math.round(raw * scale) / scale;
      };
    },
    /** @param {string} label @param {string} group */
    text: function (label, group) {
      var value = state.getStringSetting(label, group, 64, "");
      value.markInterested();
      return function () {
        return String(value.get()).replace(/^\s+|\s+$/g, "");
      };
    }
  };
}
