// Everything that the page says, from one table for each language.

import en from "../texts/en.js";
import ru from "../texts/ru.js";

/** @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Text */
/** @typedef {Record<string, Record<string, Text>>} Table */

/** @type {Record<string, Table>} */
export const LANGUAGES = { en, ru };

let language = "en";
/** @type {Set<() => void>} */
const listeners = new Set();

export const currentLanguage = () => language;

/**
 * Changes the language of all texts from now on; an unknown language becomes English.
 * @param {string} code
 */
export function setLanguage(code) {
  const next = Object.hasOwn(LANGUAGES, code) ? code : "en";
  if (next === language) return;
  language = next;
  for (const listener of [...listeners]) listener();
}

/**
 * Calls `listener` after the language has changed; returns a function that unsubscribes.
 * @param {() => void} listener
 */
export function onLanguage(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * The first of these languages that the page knows, or else English.
 * @param {readonly string[]} wanted such as "ru" or "ru-RU"
 */
export function knownLanguage(wanted) {
  const codes = wanted.map((tag) => tag.toLowerCase().split("-")[0]);
  return codes.find((code) => Object.hasOwn(LANGUAGES, code)) ?? "en";
}

/**
 * The text `section.name` of the current language, or else of English, with each `{key}` replaced by
 * a value. If the text has forms, `count` chooses one.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function text(key, values = {}) {
  const [section, name] = divided(key);
  const found = LANGUAGES[language][section]?.[name] ?? en[section]?.[name];
  if (found === undefined) throw new Error(`There is no text ${key}.`);
  return pluralForm(found, Number(values.count)).replace(/\{(\w+)\}/g, (_, value) =>
    String(values[value] ?? ""),
  );
}

/** @param {string} key */
function divided(key) {
  const end = key.indexOf(".");
  return [key.slice(0, end), key.slice(end + 1)];
}

/**
 * The translation of a name that comes from a network, such as a class; itself if there is none.
 * @param {"classes" | "networks"} section
 * @param {string} name
 */
export const named = (section, name) =>
  Object.hasOwn(en[section], name) ? text(`${section}.${name}`) : name;

/**
 * @param {Text} found
 * @param {number} count
 */
function pluralForm(found, count) {
  if (typeof found === "string") return found;
  return found[pluralRules(language).select(count)] ?? found.other ?? "";
}

/** @type {Map<string, Intl.PluralRules>} */
const rules = new Map();

/** @param {string} code */
function pluralRules(code) {
  const known = rules.get(code) ?? new Intl.PluralRules(code);
  rules.set(code, known);
  return known;
}
