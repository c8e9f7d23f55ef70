// Everything that the page says, from one table for each language.

import en from "../texts/en.js";

/** @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Text */
/** @typedef {Record<string, Record<string, Text>>} Table */

/** @type {Record<string, Table>} */
export const LANGUAGES = { en };

let language = "en";

export const currentLanguage = () => language;

/** @param {string} code one of LANGUAGES */
export function setLanguage(code) {
  language = code in LANGUAGES ? code : "en";
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
