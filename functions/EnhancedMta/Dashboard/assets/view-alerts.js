import { h } from "./preact.mjs";
import { api } from "./api.js";
import { t, word } from "./language.js";
import { Empty, Moment, Notice, Said, Table } from "./parts.js";
import { to } from "./route.js";

export const alerts = {
  nav: "alerts",
  every: 10_000,
  title: () => t("nav.alerts"),
  async load(place, signal) {
    const [{ incidents }, { paths }, mode] = await Promise.all([api.get(["incidents"], { limit: 200 }, signal), api.get(["paths"], {}, signal), api.get(["mode"], {}, signal)]);
    return { incidents, held: paths.filter((p) => p.limits.isHeld), mode };
  },
  render: ({ incidents, held, mode }) => [
    h("section", { "aria-labelledby": "now" },
      h("h2", { id: "now" }, t("alerts.now")),
      mode.now !== "enhanced" && h(Notice, { tone: "warn", title: t(`mode.${mode.now}.is`) }, h("p", null, h("a", { href: to(["mode"]) }, t("mode.title")))),
      held.map((p) => h(Notice, { key: p.id, tone: "warn", title: t("alerts.held", { site: p.site }) },
        h("p", null, h(Said, { text: p.binds }), p.limits.until && [" · ", t("until"), " ", h(Moment, { at: p.limits.until, withDistance: true })]),
        h("p", null, h("a", { href: to(["paths", p.id]) }, t("path.look"))))),
      mode.now === "enhanced" && held.length === 0 && h(Notice, { tone: "good" }, h("p", null, t("alerts.fine")))),
    h("section", { class: "card flush", "aria-labelledby": "incidents" },
      h("h2", { id: "incidents" }, t("incidents")),
      h(Table, {
        caption: t("incidents"),
        rows: incidents,
        keyOf: (i) => `${i.time} ${i.kind} ${i.subject}`,
        empty: h(Empty, { title: t("incidents.none") }, t("incidents.none.how")),
        columns: [
          { label: t("time"), cell: (i) => h(Moment, { at: i.time, withDistance: true }) },
          { label: t("incident.kind"), header: true, cell: (i) => word("incident", i.kind) },
          { label: t("incident.subject"), cell: (i) => h("span", { class: "id" }, i.subject) },
          { label: t("incident.detail"), class: "why", cell: (i) => h("span", { lang: "en", class: "said" }, i.detail) },
        ],
      })),
  ],
};
