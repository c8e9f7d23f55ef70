// The target bitmaps of the 1998 LeNet-5, 7×12 pixels each: mirrors lenet/network/bitmaps.py.

/** Five digits next to each other. */
const PICTURES = `
  ..###.. ...##.. .#####. ####### .....#.
  .##.##. ..###.. ##...## .....## ....##.
  ##...## .####.. ##...## ....##. ...###.
  ##...## ...##.. .....## ...##.. ..##.#.
  ##...## ...##.. ....##. ..####. .##..#.
  ##...## ...##.. ...##.. .....## ##...#.
  ##...## ...##.. ..##... .....## #######
  ##...## ...##.. .##.... .....## .....#.
  .##.##. ...##.. ##..... ##...## .....#.
  ..###.. .###### ####### .#####. .....#.
  ....... ....... ....... ....... .......
  ....... ....... ....... ....... .......

  ####### ..####. ####### .#####. .#####.
  ##..... .##.... ##...## ##...## ##...##
  ##..... ##..... .....## ##...## ##...##
  ######. ##..... ....##. .##.##. ##...##
  .#...## ######. ....##. ..###.. ##...##
  .....## ##...## ...##.. .##.##. .######
  .....## ##...## ...##.. ##...## .....##
  ##...## ##...## ..##... ##...## .....##
  ##..##. ##...## ..##... ##...## ....##.
  .####.. .#####. ..##... .#####. .####..
  ....... ....... ....... ....... .......
  ....... ....... ....... ....... .......
`;

export const BITMAP_ROWS = 12;
export const BITMAP_COLUMNS = 7;
const rows = PICTURES.trim().split(/\s+/);

/**
 * The pixels of a digit, row by row: 1 for ink, -1 for background.
 * @param {number} digit
 */
function bitmap(digit) {
  const first = Math.floor(digit / 5) * 5 * BITMAP_ROWS + (digit % 5);
  const pixels = Array.from({ length: BITMAP_ROWS }, (_, row) => rows[first + 5 * row]).join("");
  return Float64Array.from(pixels, (pixel) => (pixel === "#" ? 1 : -1));
}

export const DIGIT_BITMAPS = Array.from({ length: 10 }, (_, digit) => bitmap(digit));
