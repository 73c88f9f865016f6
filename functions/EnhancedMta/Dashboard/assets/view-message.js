import { h } from "./preact.mjs";
import { api } from "./api.js";
import { bytes, number, relative } from "./format.js";
import { t, word } from "./language.js";
import { Moment, Reply, Said, Says, State, Status, Tile } from "./parts.js";
import { to } from "./route.js";
import { Ways } from "./ways.js";

export const message = {
  nav: "deliveries",
  every: 5_000,
  title: (place) => t("message.title", { id: place.segments[3] }),
  back: (place) => ({ href: to(["deliveries", place.segments[1], "log"]), text: t("log") }),
  async load(place, signal) {
    const [, id, , messageId] = place.segments;
    const [{ message: row, history }, explanation] = await Promise.all([
      api.get(["deliveries", id, "messages", messageId], {}, signal),
      api.get(["deliveries", id, "messages", messageId, "explain"], {}, signal),
    ]);
    return { row, history, explanation };
  },
  render: ({ row, history, explanation }) => [
    h("p", { class: "facts" }, h("span", { class: "address" }, row.to), h(Status, row), h(State, { group: "state", name: row.state })),
    h("dl", { class: "figures-row card" },
      h(Tile, { label: t("received"), value: h(Moment, { at: row.received }) }),
      h(Tile, { label: t("expires"), value: h(Moment, { at: row.expires }) }),
      h(Tile, { label: t("attempts"), value: number(row.attempts) }),
      row.next && h(Tile, { label: t("next.attempt"), value: h(Moment, { at: row.next }), note: relative(row.next) }),
      row.reason !== undefined && h(Tile, { label: t("reason"), value: word("reason", row.reason) === String(row.reason) ? row.reasonLabel : word("reason", row.reason), note: row.failureType && word("failure", row.failureType) }),
      row.bounceCode !== undefined && h(Tile, { label: t("bounce.code"), value: row.bounceCode, note: row.class }),
      h(Tile, { label: t("size"), value: bytes(row.bytes) })),
    h("div", { class: "two uneven" },
      h("section", { class: "card", "aria-labelledby": "history" },
        h("h2", { id: "history" }, t("history")),
        h("ol", { class: "timeline" },
          h("li", { class: "plain" }, h("div", { class: "what" }, h("b", null, t("history.received")), h(Moment, { at: row.received }))),
          history.map((entry, at) => h(Entry, { key: at, entry })))),
      h("section", { class: "card", "aria-labelledby": "explain" },
        h("h2", { id: "explain" }, t("explain")),
        h(Says, { says: explanation.says }),
        h(Ways, { site: explanation.site }))),
  ],
};

const tones = { delivered: "good", soft: "warn", throttled: "warn", waits: "plain", inDoubt: "warn", failed: "bad", expired: "bad", outOfBand: "bad", complaint: "bad" };

const Entry = ({ entry: e }) =>
  h("li", { class: tones[e.what] ?? "plain" },
    h("div", { class: "what" },
      h("b", null, word("what", e.what), e.attempt ? h("span", { class: "quiet" }, ` · ${t("attempt.number", { number: e.attempt })}`) : null),
      h(Moment, { at: e.time })),
    h(Reply, { text: e.reply }),
    e.localError && h("p", null, h("code", null, e.localError), " "),
    e.detail && h("p", null, h(Said, { text: e.detail })),
    h("dl", { class: "details" },
      [
        ["mx", e.mxHost && (e.remoteAddress ? `${e.mxHost} (${e.remoteAddress})` : e.mxHost)],
        ["command", e.command],
        ["tls", [e.tls, e.tlsPolicy].filter(Boolean).join(" · ")],
        ["egress", e.egress],
        ["rule", e.rule],
        ["source", [e.source, e.event].filter(Boolean).join(" · ")],
        ["took", e.milliseconds !== undefined && `${number(e.milliseconds)} ms`],
      ].filter(([, value]) => value).map(([key, value]) => h("div", { key }, h("dt", null, t(`detail.${key}`)), h("dd", null, value))),
      e.next && h("div", null, h("dt", null, t("next.attempt")), h("dd", null, h(Moment, { at: e.next })))));
