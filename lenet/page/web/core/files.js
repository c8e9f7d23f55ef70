// The page's files, from a server or from the page itself.

import { bytes } from "./bytes.js";
import { SketchpadError } from "./errors.js";
import { text } from "./texts.js";

/** @import { Files } from "../types" */

/** Milliseconds after which a server that doesn't answer counts as out of reach. */
const TIMEOUT = 20_000;

/** There is no answer: no connection, or no server behind it. */
export class NotReachable extends Error {}

/**
 * Files below an address. They reject with a SketchpadError if the server says what is wrong, and
 * with NotReachable if there is no answer.
 * @param {URL | string} base
 * @returns {Files}
 */
export function filesAt(base) {
  /** @param {string} path */
  const address = (path) => new URL(path, base);
  return {
    json: (path) => fetched(address(path), (response) => response.json()),
    text: (path) => fetched(address(path), (response) => response.text()),
    bytes: (path) => fetched(address(path), (response) => response.arrayBuffer()),
  };
}

/**
 * @template Content
 * @param {URL} address
 * @param {(response: Response) => Promise<Content>} read
 */
async function fetched(address, read) {
  let response;
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT) });
    if (response.ok) return await read(response);
  } catch (error) {
    throw new NotReachable(String(error));
  }
  const sentence = await errorSentence(response);
  if (sentence) throw new SketchpadError(sentence);
  if (response.status !== 404) throw new NotReachable(`status ${response.status}`);
  throw new SketchpadError(text("errors.missing", { path: address.pathname }));
}

/**
 * What the server says is wrong; undefined if it sent something else.
 * @param {Response} response
 */
async function errorSentence(response) {
  try {
    const { error } = await response.json();
    return typeof error === "string" ? error : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Files that the page itself contains.
 * @param {Record<string, string>} record each file's bytes by path, gzipped, in base64
 * @returns {Files}
 */
export function filesIn(record) {
  /** @param {string} path */
  function open(path) {
    if (!Object.hasOwn(record, path)) throw new SketchpadError(text("errors.notInPage", { path }));
    const stream = new Blob([bytes(record[path])]).stream();
    return new Response(stream.pipeThrough(new DecompressionStream("gzip")));
  }
  return {
    json: async (path) => open(path).json(),
    text: async (path) => open(path).text(),
    bytes: async (path) => open(path).arrayBuffer(),
  };
}
