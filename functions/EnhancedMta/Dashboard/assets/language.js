import { english } from "./en.js";
import { french } from "./fr.js";
import { frenchSentence } from "./sentences-fr.js";

const texts = { en: english, fr: french };

export const languages = { en: "English", fr: "Français" };

export const language = {
  get now() {
    return document.documentElement.lang;
  },
  set(tag) {
    document.documentElement.lang = tag;
    try {
      localStorage.setItem("enhanced-mta.language", tag);
    } catch {
      // It holds until the page is left.
    }
  },
};

const plurals = new Map();
const plural = (count) => {
  const tag = language.now;
  if (!plurals.has(tag)) plurals.set(tag, new Intl.PluralRules(tag));
  return plurals.get(tag).select(count);
};

/** The text of a key, {name} replaced by its value; of a text with numbers, the form that `count` asks for. */
export function t(key, values = {}) {
  let text = texts[language.now][key];
  if (text === undefined) return key;
  if (typeof text === "object") text = text[plural(values.count)] ?? text.other;
  return spaced(text).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

// French puts a space before these, at which no line may break.
const spaced = (text) => (language.now === "fr" ? text.replace(/ ([:;?!%»›])/g, "\u00a0$1") : text);

/** The text of a key that the server's words make, or those words where there is none: a newer server may know more. */
export function word(group, name) {
  if (name === undefined || name === null) return "";
  return texts[language.now][`${group}.${name}`] ?? String(name);
}

/** A sentence of the API, and the language it is in: the API speaks English, and its usual sentences are known in French. */
export function sentence(text) {
  if (language.now !== "fr") return { text, lang: undefined };
  const known = frenchSentence(text);
  return known ? { text: known, lang: undefined } : { text, lang: "en" };
}
