// Splits long work into slices, so that Bitwig stays responsive.

/**
 * Do something with each of a list, so many in one go.
 * @template Item
 * @param {Desk} desk
 * @param {Item[]} items @param {number} most @param {() => boolean} isGivenUp
 * @param {(item: Item) => void} work @param {() => void} done called in the end in any case
 */
export function inSlices(desk, items, most, isGivenUp, work, done) {
  var index = 0;
  function slice() {
    var until = Math.min(items.length, index + most);
    for (; index < until && !isGivenUp(); index++) work(items[index]);
    if (isGivenUp() || index >= items.length) done();
    else desk.later(1, slice);
  }
  slice();
}
