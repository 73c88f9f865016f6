import { h } from "./preact.mjs";
import { number } from "./format.js";
import { t, word } from "./language.js";
import { Chip, Notice, Said, State } from "./parts.js";
import { to } from "./route.js";

/** Where a domain's mail goes and by which rules, as the API explains it. */
export const Ways = ({ site }) =>
  site.error
    ? h(Notice, { tone: "bad", title: site.error }, h("p", null, site.detail))
    : h("div", { class: "ways" },
        h("dl", { class: "details" },
          h("div", null, h("dt", null, t("mx.hosts")), h("dd", null, site.mx.map((m) => `${m.host}${m.port === 25 ? "" : `:${m.port}`}`).join(", "), site.isRouted && h(Chip, null, t("routed")))),
          h("div", null, h("dt", null, t("provider")), h("dd", null, site.provider ?? t("other.providers")))),
        site.egresses.map((way) =>
          h("div", { key: way.publicId, class: "way" },
            h("h3", null, t("egress.number", { number: way.publicId }), " ", h("span", { class: "quiet" }, way.heloHost), way.path && h(State, { group: "path", name: way.path.mode })),
            h("p", null, t("rule.allows", { id: way.rule.id, connections: number(way.rule.maxConnections), perHour: way.rule.messagesPerHour ? number(way.rule.messagesPerHour) : t("no.limit") })),
            way.rule.why && h("p", { class: "quiet small", lang: "en" }, way.rule.why),
            way.binds && h(Notice, { tone: "warn", title: t("binds") }, h("p", null, h(Said, { text: way.binds }))),
            way.path && h("p", null, h("a", { href: to(["paths", way.path.id]) }, t("path.look"))))));
