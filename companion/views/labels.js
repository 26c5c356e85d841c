// Names beside points, placed so that none covers another.

const LINE = 15; // pixels from one name to the next below it
const GAP = 8; // from a point to its name

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

const meet = (a, b) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Where the name of a point may begin, the nearest first: beside it, above, below. */
const offers = (x, y, wide) => {
  const near = [
    [x + GAP, y],
    [x - GAP - wide, y],
    [x - wide / 2, y - LINE],
    [x - wide / 2, y + LINE],
  ];
  const far = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((k) =>
    [-k, k].flatMap((rows) => [
      [x + 2 * GAP, y + rows * LINE],
      [x - 2 * GAP - wide, y + rows * LINE],
    ]),
  );
  return [...near, ...far];
};

/** @returns {Box} of a name that begins at x, in the middle of its height at y */
const boxOf = ([x, y], wide, high = LINE) => ({
  left: x - 2,
  top: y - high / 2,
  right: x + wide + 2,
  bottom: y + high / 2,
});

const isInside = ({ left, top, right, bottom }, { wide, high }) =>
  left >= 0 && right <= wide && top >= 0 && bottom <= high;

/**
 * Place the names of points, one after the other: on no other name, and if there is room
 * on no point either.
 * @param {{x: number, y: number, wide: number}[]} points - wide: of the name
 * @param {{x: number, y: number}[]} others - all points
 * @param {{wide: number, high: number}} room
 * @returns {[number, number][]} where each name begins, relative to its point
 */
export const placed = (points, others, room) => {
  const names = [];
  const dots = others.map(({ x, y }) => boxOf([x - 3, y], 6, 6));
  return points.map(({ x, y, wide }) => {
    const isFree = (taken) => (place) => {
      const box = boxOf(place, wide);
      return isInside(box, room) && !taken.some((other) => meet(box, other));
    };
    const all = offers(x, y, wide);
    const found = all.find(isFree([...names, ...dots])) ?? all.find(isFree(names));
    const [left, middle] = found ?? all[x + wide > room.wide ? 1 : 0];
    names.push(boxOf([left, middle], wide));
    return [left - x, middle - y];
  });
};
