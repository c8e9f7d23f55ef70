// Pictures that are pasted or dropped anywhere on the page.

/** @import { PictureDesk } from "../types" */

/** Where a person pastes text. */
const FIELDS =
  "textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=range], [type=file])";

/**
 * @param {HTMLElement} root
 * @param {(at: Node) => PictureDesk | null} deskAt where a picture goes that arrives at a node
 */
export function acceptIncoming(root, deskAt) {
  const controller = new AbortController();
  const { signal } = controller;
  /** @type {HTMLElement | null} */
  let marked = null;

  /** @param {HTMLElement | null} pad */
  function mark(pad) {
    if (marked === pad) return;
    marked?.classList.remove("over");
    pad?.classList.add("over");
    marked = pad;
  }

  /** The desk for an event that nobody else handles. @param {Event} event */
  function deskFor(event) {
    const target = event.composedPath()[0];
    if (event.defaultPrevented || !(target instanceof Node) || !isAround(root, target)) return null;
    return deskAt(target);
  }

  /** @param {ClipboardEvent} event */
  function paste(event) {
    const target = event.composedPath()[0];
    if (target instanceof Element && target.closest(FIELDS)) return;
    const files = [...(event.clipboardData?.files ?? [])];
    const pictures = files.filter(({ type }) => type.startsWith("image/"));
    const desk = pictures.length ? deskFor(event) : null;
    if (!desk) return;
    event.preventDefault();
    desk.open(pictures);
  }

  /** @param {DragEvent} event */
  function drag(event) {
    const desk = isDroppable(event) ? deskFor(event) : null;
    mark(desk?.pad ?? null);
    if (desk) event.preventDefault();
  }

  /** @param {DragEvent} event */
  function drop(event) {
    mark(null);
    const desk = isDroppable(event) ? deskFor(event) : null;
    if (!desk) return;
    // Otherwise the browser would leave the page to show what was dropped.
    event.preventDefault();
    desk.open([...(event.dataTransfer?.files ?? [])]);
  }

  const page = root.ownerDocument;
  page.addEventListener("paste", paste, { signal });
  page.addEventListener("dragover", drag, { signal });
  page.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget || mark(null), {
    signal,
  });
  page.addEventListener("drop", drop, { signal });

  return { close: () => controller.abort() };
}

/**
 * Whether an event at `target` is meant for the page: it happened inside of it, or nowhere in
 * particular, such as on the body of the document.
 * @param {HTMLElement} root
 * @param {Node} target
 */
const isAround = (root, target) => root.contains(target) || target.contains(root);

/** Whether files or links are dragged, but not text. @param {DragEvent} event */
const isDroppable = ({ dataTransfer }) =>
  ["Files", "text/uri-list"].some((type) => dataTransfer?.types.includes(type));
