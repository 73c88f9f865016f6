import { h } from "./preact.mjs";
import { api } from "./api.js";
import { number } from "./format.js";
import { t, word } from "./language.js";
import { Empty, Meter, Moment, Said, State, Table } from "./parts.js";
import { to } from "./route.js";

export const paths = {
  nav: "paths",
  every: 5_000,
  title: () => t("nav.paths"),
  load: (place, signal) => api.get(["paths"], {}, signal),
  render: (data) => [
    h("p", { class: "lead" }, t("paths.lead")),
    h("section", { class: "card flush" },
      h(Table, {
        caption: t("nav.paths"),
        rows: data.paths,
        keyOf: (p) => p.id,
        empty: h(Empty, { title: t("paths.none") }, t("paths.none.how")),
        columns: [
          { label: t("site"), header: true, class: "name", cell: (p) => [h("a", { class: "whole", href: to(["paths", p.id]) }, p.site), h("span", { class: "under" }, t("egress"), " ", p.egress)] },
          { label: t("state"), cell: (p) => h(State, { group: "path", name: p.mode }) },
          { label: t("binds"), class: "why", cell: Binds },
          { label: t("connections"), numeric: true, cell: (p) => `${number(p.leasedConnections)} / ${number(p.limits.connections)}` },
          { label: t("per.hour.limit"), numeric: true, cell: (p) => (p.limits.messagesPerHour === undefined ? t("no.limit") : number(p.limits.messagesPerHour)) },
          { label: t("slice"), cell: Slice },
          { label: t("planned"), cell: (p) => (p.planned ? [number(p.planned), p.plannedUntil && h("span", { class: "under" }, t("until"), " ", h(Moment, { at: p.plannedUntil }))] : "–") },
        ],
      })),
  ],
};

export const Binds = (p) =>
  p.bounds.length > 0
    ? h("div", { class: "stacked" }, p.bounds.map((b) => h("span", { key: b.what }, h(Said, { text: b.says }), untilOf(b))), h("span", { class: "quiet" }, word("because", p.limits.because), p.limits.until && [", ", t("until"), " ", h(Moment, { at: p.limits.until })]))
    : p.limits.because !== "rule" ? h("span", { class: "quiet" }, word("because", p.limits.because)) : h("span", { class: "quiet" }, t("binds.nothing"));

// A path that is held tells its own time below, and a line the time of its next turn.
const untilOf = (b) => (b.what === "messagesPerHour" || b.what === "connectionsPerMinute") && b.until && [", ", t("until"), " ", h(Moment, { at: b.until })];

const Slice = (p) =>
  h("span", { class: "gauge" },
    h("span", { class: "figure" }, p.limitOfSlice === undefined ? number(p.usedInSlice) : `${number(p.usedInSlice)} / ${number(p.limitOfSlice)}`),
    p.limitOfSlice !== undefined && h(Meter, { value: (100 * p.usedInSlice) / Math.max(1, p.limitOfSlice), tone: p.usedInSlice >= p.limitOfSlice ? "warn" : "blue" }));
