import { h } from "./preact.mjs";
import { api } from "./api.js";
import { date, number, share } from "./format.js";
import { t, word } from "./language.js";
import { Chip, Empty, Meter, Notice, Said, Table } from "./parts.js";

export const warmUp = {
  nav: "warm-up",
  every: 15_000,
  title: () => t("nav.warm-up"),
  load: (place, signal) => api.get(["warm-up"], {}, signal),
  render: (data) => [
    h("p", { class: "lead" }, t("warm-up.lead", { days: number(data.lastDay) })),
    data.egresses.length === 0 ? h(Empty, { title: t("warm-up.none") }) : data.egresses.map((e) => h(Egress, { key: e.publicId, egress: e, lastDay: data.lastDay })),
  ],
};

const Egress = ({ egress: e, lastDay }) =>
  h("section", { class: "card", "aria-label": t("egress.number", { number: e.publicId }) },
    h("h2", null, t("egress.number", { number: e.publicId }), " ", h("span", { class: "quiet" }, [e.heloHost, e.address].filter(Boolean).join(" · ")), " ", !e.hasWarmUp && h(Chip, { tone: "good" }, t("warm"))),
    e.illness && h(Notice, { tone: "bad", title: t("egress.ill") }, h("p", null, h(Said, { text: e.illness.detail ?? String(e.illness) }))),
    e.hasWarmUp &&
      h(Table, {
        caption: t("egress.number", { number: e.publicId }),
        rows: e.providers ?? [],
        keyOf: (p) => p.provider,
        empty: h(Empty, { title: t("warm-up.not.yet") }),
        columns: [
          { label: t("provider"), header: true, class: "name", cell: (p) => (p.provider === "*" ? t("warm-up.rest") : p.provider === "others" ? t("other.providers") : p.provider) },
          { label: t("day"), cell: (p) => (p.isWarm ? h(Chip, { tone: "good" }, t("warm")) : h("span", { class: "gauge" }, h("span", { class: "figure" }, `${number(p.day)} / ${number(lastDay)}`), h(Meter, { value: (100 * p.day) / lastDay, tone: "blue" }))) },
          { label: t("budget"), cell: (p) => (p.isWarm ? "–" : h("span", { class: "gauge" }, h("span", { class: "figure" }, `${number(p.taken)} / ${number(p.budget)}`), h(Meter, { value: (100 * p.taken) / Math.max(1, p.budget), tone: p.taken >= p.budget ? "warn" : "good" }))) },
          { label: t("wait.tomorrow"), numeric: true, cell: (p) => number(p.waitForTomorrow) },
          { label: t("deferrals"), numeric: true, cell: (p) => share(p.shares.deferred) },
          { label: t("blocks"), numeric: true, cell: (p) => share(p.shares.blocked) },
          { label: t("complaints"), numeric: true, cell: (p) => share(p.shares.complaints) },
          { label: t("outlook"), class: "why", cell: (p) => Outlook(p) },
        ],
      }));

const Outlook = (p) =>
  h("div", { class: "stacked" },
    p.outlook && h(Said, { text: p.outlook }),
    p.moves?.[0] && h("span", { class: "quiet" }, date(p.moves[0].date), " · ", t("warm-up.move", { from: p.moves[0].from ?? word("warm-up", "warm"), to: p.moves[0].to ?? word("warm-up", "warm") }), p.moves[0].why && [" · ", h(Said, { text: p.moves[0].why })]));
