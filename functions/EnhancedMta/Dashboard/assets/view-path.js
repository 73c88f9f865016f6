import { h } from "./preact.mjs";
import { api, orNull } from "./api.js";
import { number } from "./format.js";
import { t, word } from "./language.js";
import { Empty, Moment, Reply, Said, State, Table, Tile } from "./parts.js";
import { PathActions } from "./path-actions.js";
import { ThroughputChoice, ThroughputGraphs, chosen } from "./throughput-graphs.js";
import { Binds } from "./view-paths.js";
import { to } from "./route.js";

export const path = {
  nav: "paths",
  every: 5_000,
  title: (place, data) => data?.path.site ?? t("path"),
  back: () => ({ href: to(["paths"]), text: t("nav.paths") }),
  async load(place, signal) {
    const id = place.segments[1];
    const [shown, throughput] = await Promise.all([
      api.get(["paths", id], { limit: 50 }, signal),
      orNull(api.get(["paths", id, "throughput"], { window: chosen(place.params).window }, signal)),
    ]);
    return { ...shown, throughput };
  },
  render: ({ path: p, moves, throughput }, ui) => [
    h("p", { class: "facts" }, h("span", null, t("egress"), " ", p.egress), h(State, { group: "path", name: p.mode }), h("span", null, t("rule.of"), " ", h("code", null, p.rule)), h("span", { class: "id" }, p.id)),
    h("dl", { class: "figures-row card" },
      h(Tile, { label: t("binds"), value: h(Binds, p) }),
      h(Tile, { label: t("connections"), value: number(p.limits.connections), note: t("connections.leased", { count: p.leasedConnections, number: number(p.leasedConnections), processes: number(p.processes) }) }),
      h(Tile, { label: t("per.hour.limit"), value: p.limits.messagesPerHour === undefined ? t("no.limit") : number(p.limits.messagesPerHour) }),
      h(Tile, { label: t("per.connection"), value: number(p.limits.messagesPerConnection) }),
      h(Tile, { label: t("slice"), value: p.limitOfSlice === undefined ? number(p.usedInSlice) : `${number(p.usedInSlice)} / ${number(p.limitOfSlice)}` }),
      h(Tile, { label: t("planned"), value: number(p.planned), note: p.plannedUntil && h("span", null, t("until"), " ", h(Moment, { at: p.plannedUntil })) })),
    p.holders.length + p.line.length > 1 && h("section", { class: "card flush", "aria-labelledby": "processes" },
      h("h2", { id: "processes", class: "aside" }, t("processes")),
      h(Table, {
        caption: t("processes"),
        rows: [...p.holders, ...p.line],
        keyOf: (r) => r.process + r.since,
        columns: [
          { label: t("process"), header: true, cell: (r) => h("code", null, r.process) },
          { label: t("connections"), cell: (r) => (r.turn ? t(r.isUrgent ? "process.waits.urgently" : "process.waits") : [number(r.connections), r.closing > 0 && h("span", { class: "under" }, t("process.closing", { number: number(r.closing) }))]) },
          { label: t("since"), cell: (r) => h(Moment, { at: r.since }) },
          { label: t("process.turn"), cell: (r) => (r.turn ? h(Moment, { at: r.turn, withDistance: true }) : "–") },
        ],
      })),
    h(PathActions, { path: p, ui }),
    throughput && h("section", { "aria-labelledby": "throughput" },
      h("div", { class: "section-head" }, h("h2", { id: "throughput" }, t("nav.throughput")), h(ThroughputChoice, { ui })),
      h(ThroughputGraphs, { data: throughput, unit: chosen(ui.place.params).unit, outboundOnly: true })),
    h("section", { class: "card", "aria-labelledby": "moves" },
      h("h2", { id: "moves" }, t("moves")),
      moves.length === 0 ? h(Empty, { title: t("moves.none") }) : h("ol", { class: "timeline" }, moves.map((m) => h(Move, { key: m.at + m.cause, move: m })))),
  ],
};

const toneOf = { normal: "good", reduced: "warn", probing: "warn", suspended: "bad" };

const figure = (value) => (value === undefined || value === null ? t("no.limit") : number(value));

export const Move = ({ move: m }) =>
  h("li", { class: toneOf[m.to] ?? "plain" },
    h("div", { class: "what" },
      h("b", null, m.from === m.to ? word("path", m.to) : `${word("path", m.from)} → ${word("path", m.to)}`, h("span", { class: "quiet" }, ` · ${word("cause", m.cause)}`)),
      h(Moment, { at: m.at })),
    ["connections", "messagesPerHour", "messagesPerConnection"].filter((k) => m[k]).map((k) =>
      h("p", { key: k }, t(`move.${k}`), " ", figure(m[k].from), " → ", h("b", null, figure(m[k].to)))),
    m.by && h("p", { class: "quiet" }, h(Said, { text: m.by })),
    h(Reply, { text: m.sample }),
    m.until && h("p", { class: "quiet" }, t("until"), " ", h(Moment, { at: m.until })));
