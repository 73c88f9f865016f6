import { h } from "./preact.mjs";
import { language, languages, t } from "./language.js";

const path = (d) => h("path", { d, fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round", "stroke-linejoin": "round" });

export const Brand = () =>
  h("span", { class: "brand" },
    h("svg", { viewBox: "0 0 32 32", width: 26, height: 26, "aria-hidden": "true" },
      h("rect", { width: 32, height: 32, rx: 8, class: "mark" }),
      h("path", { d: "M7 11.5 16 18l9-6.5M9 9h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V11a2 2 0 0 1 2-2Z", fill: "none", stroke: "#fff", "stroke-width": 2.2, "stroke-linejoin": "round", "stroke-linecap": "round" })),
    h("span", null, "Enhanced MTA"));

/** A door, for forgetting the key where there is no room for words. */
export const Leave = () =>
  h("svg", { viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true" }, path("M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8M10 12h10M17 8.5l3.5 3.5-3.5 3.5"));

const isDark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

function turn() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("enhanced-mta.theme", theme);
  } catch {
    // It holds until the page is left.
  }
}

/** Language and theme. */
export const Preferences = ({ onChange, children }) =>
  h("div", { class: "preferences" },
    h("label", { class: "language" },
      h("span", { class: "aside" }, t("language")),
      h("select", { value: language.now, onChange: (e) => { language.set(e.currentTarget.value); onChange(); } },
        Object.entries(languages).map(([tag, name]) => h("option", { value: tag, lang: tag }, name)))),
    h("button", { type: "button", class: "icon", title: t(isDark() ? "theme.light" : "theme.dark"), "aria-label": t(isDark() ? "theme.light" : "theme.dark"), onClick: () => { turn(); onChange(); } },
      h("svg", { viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true" },
        isDark()
          ? [h("circle", { cx: 12, cy: 12, r: 4, fill: "none", stroke: "currentColor", "stroke-width": 1.8 }), path("M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4")]
          : path("M20 14.2A8 8 0 1 1 9.8 4a6.4 6.4 0 0 0 10.2 10.2Z"))),
    children);
