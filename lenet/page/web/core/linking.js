// Links modules into one script, for workers that can't import modules. It understands the forms of
// imports and exports that these modules use; a test runs the result.

const IMPORT = /^import\s+([^;"]*?)\s+from\s+"([^"]+)";/gm;
const EXPORT = /^export (?:async )?(?:function\*?|class|const) (\w+)/gm;

/**
 * The code of a module and all that it imports, as one script.
 * @param {Record<string, string>} modules the code of each module by its name
 * @param {string} entry
 */
export function linked(modules, entry) {
  /** @type {Map<string, string>} */
  const done = new Map();

  /** @param {string} name */
  function add(name) {
    if (done.has(name)) return;
    const code = modules[name];
    for (const [, , imported] of code.matchAll(IMPORT)) add(imported);
    done.set(name, `modules["${name}"] = (() => {\n${functionBody(code)}\n})();`);
  }
  add(entry);
  return ['"use strict";', "const modules = {};", ...done.values()].join("\n");
}

/**
 * A module's code as the body of a function that returns what the module exports.
 * @param {string} code
 */
function functionBody(code) {
  const names = [...code.matchAll(EXPORT)].map(([, name]) => name);
  const hasDefault = /^export default /m.test(code);
  const body = code
    .replace(IMPORT, (_, what, name) => `const ${asPattern(what)} = modules["${name}"];`)
    .replace(/^export default /m, "const byDefault = ")
    .replace(/^export /gm, "");
  return `${body}\nreturn { ${[...names, ...(hasDefault ? ["default: byDefault"] : [])].join(", ")} };`;
}

/**
 * What is imported, as a pattern: `{ a as b }` → `{ a: b }`, `* as a` → `a`, `a` → `{ default: a }`.
 * @param {string} what
 */
function asPattern(what) {
  if (what.startsWith("* as ")) return what.replace("* as ", "");
  return what.startsWith("{") ? what.replaceAll(" as ", ": ") : `{ default: ${what} }`;
}
