import { h } from "./preact.mjs";
import { t } from "./language.js";

// Storage pages forward only: the way back is remembered, as long as the filters stay.
const trailOf = (memory, params) => {
  const filters = JSON.stringify(params);
  if (memory.filters !== filters) Object.assign(memory, { filters, trail: [] });
  return memory.trail;
};

/** Pages of a listing, one after the other. */
export const Pager = ({ ui, continuation, more }) => {
  const trail = trailOf(ui.memory, ui.place.params);
  if (!continuation && trail.length === 0) return null;
  const turn = (change) => {
    change();
    ui.refresh();
  };
  return h("nav", { class: "pager", "aria-label": t("pages") },
    h("button", { type: "button", disabled: trail.length === 0, onClick: () => turn(() => trail.pop()) }, t("pages.previous")),
    h("span", { class: "quiet" }, t("pages.number", { number: trail.length + 1 })),
    h("button", { type: "button", disabled: !continuation, onClick: () => turn(() => trail.push(continuation)) }, more ?? t("pages.next")));
};

/** The continuation of the page that is shown; undefined for the first. */
Pager.at = (memory, params) => trailOf(memory, params).at(-1);
