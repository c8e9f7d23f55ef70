/**
 * Saves a file as the browser's settings say.
 * @param {Blob} content
 * @param {string} name
 */
export function download(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has to open the address first.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
