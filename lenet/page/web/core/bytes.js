/**
 * The bytes of a base64 string.
 * @param {string} base64
 */
export function bytes(base64) {
  const text = atob(base64);
  const array = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) array[i] = text.charCodeAt(i);
  return array;
}

/**
 * Bytes as a base64 string.
 * @param {Uint8Array} array
 */
export const base64 = (array) =>
  // Not all at once: functions take only so many arguments.
  btoa(Array.from(array, (byte) => String.fromCharCode(byte)).join(""));
