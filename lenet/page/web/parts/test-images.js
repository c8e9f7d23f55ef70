import { sketchOf } from "../core/sketch.js";
import { named, text } from "../core/texts.js";
import { inkCanvas } from "./ink.js";

/** @import { Sketch } from "../types" */

/**
 * A button that puts a test image on a pad.
 * @param {string} image
 * @param {string} name
 * @param {(sketch: Sketch) => void} startFrom
 */
export function imageButton(image, name, startFrom) {
  const button = document.createElement("button");
  button.type = "button";
  button.ariaLabel = name;
  button.dataset.image = image;
  button.append(inkCanvas(image));
  button.addEventListener("click", () => startFrom(sketchOf(image)));
  return button;
}

/**
 * Fills a row with all the test images of one class.
 * @param {HTMLElement} row
 * @param {string} label
 * @param {string[]} images
 * @param {(sketch: Sketch) => void} startFrom
 */
export function fillImages(row, label, images, startFrom) {
  const name = named("classes", label);
  row.ariaLabel = text("pad.testImagesOf", { label: name });
  row.replaceChildren(
    ...images.map((image, i) =>
      imageButton(
        image,
        text("pad.testImage", { label: name, number: i + 1, total: images.length }),
        startFrom,
      ),
    ),
  );
}

/**
 * Marks the button whose image is on the pad.
 * @param {HTMLElement} row
 * @param {string | null} picture
 */
export function markImages(row, picture) {
  for (const button of row.querySelectorAll("button")) {
    button.ariaCurrent = String(button.dataset.image === picture);
  }
}
