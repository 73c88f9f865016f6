import { Component, createRef, h } from "./preact.mjs";
import { api } from "./api.js";
import { number } from "./format.js";
import { t, word } from "./language.js";
import { Empty, Moment, Notice, Reply, Status, Table } from "./parts.js";
import { Pager } from "./pager.js";
import { Tabs } from "./view-delivery.js";
import { to } from "./route.js";

const PageSize = 50;
const states = ["queued", "waiting", "delivered", "bounced", "expired"];
const reasons = [1, 2, 3, 4, 5, 6, 8, 20, 25, 0];

export const log = {
  nav: "deliveries",
  every: 10_000,
  title: (place, data) => t("log.of", { name: data?.label || place.segments[1] }),
  back: (place) => ({ href: to(["deliveries", place.segments[1]]), text: t("summary") }),
  async load(place, signal, memory) {
    const id = place.segments[1];
    const { status, reason, domain, search } = place.params;
    memory.label ??= (await api.get(["deliveries", id], {}, signal)).delivery.label ?? "";
    const page = await api.get(["deliveries", id, "logs"], { status, reason, domain, search, limit: PageSize, continuation: Pager.at(memory, place.params) }, signal);
    return { ...page, label: memory.label };
  },
  says: (data, memory) => {
    const said = t("log.says", { count: data.messages.length });
    return memory.saidLog === said ? null : (memory.saidLog = said);
  },
  render(data, ui) {
    const id = ui.place.segments[1];
    const { params } = ui.place;
    const isFiltered = params.status || params.reason || params.domain || params.search;
    return [
      h(Tabs, { id, at: "log" }),
      h(Filters, { params, onApply: (filters) => ui.show(filters) }),
      h("section", { class: "card flush" },
        h(Table, {
          caption: t("log"),
          rows: data.messages,
          keyOf: (m) => m.messageId,
          empty: h(Empty, { title: t(isFiltered ? "log.none.found" : "log.none") }, data.continuation ? t("log.none.yet", { number: number(data.examined) }) : null),
          columns: [
            { label: t("message"), header: true, class: "name", cell: (m) => h("a", { class: "whole id", href: to(["deliveries", id, "messages", m.messageId]) }, m.messageId) },
            { label: t("recipient"), class: "broad", cell: (m) => h("span", { class: "address" }, m.to) },
            { label: t("status"), cell: (m) => [h(Status, m), h("span", { class: "under" }, word("state", m.state))] },
            { label: t("reason"), class: "why", cell: Why },
            { label: t("attempts"), numeric: true, cell: (m) => number(m.attempts) },
            { label: t("updated"), cell: (m) => h(Moment, { at: m.updated }) },
          ],
        }),
        data.examined && data.continuation && data.messages.length > 0 && h(Notice, null, h("p", null, t("log.examined", { number: number(data.examined) }))),
        h(Pager, { ui, continuation: data.continuation, more: params.search ? t("log.go.on") : undefined })),
    ];
  },
};

function Why(m) {
  if (m.state === "delivered" || (m.reason === undefined && !m.waitsFor && !m.next)) return "–";
  return h("div", { class: "stacked" },
    m.reason !== undefined && h("span", null, word("reason", m.reason) === String(m.reason) ? m.reasonLabel : word("reason", m.reason), m.failureType && h("span", { class: "quiet" }, ` · ${word("failure", m.failureType)}`)),
    m.next && h("span", { class: "quiet" }, t("next.attempt"), " ", h(Moment, { at: m.next, withDistance: true })),
    h(Reply, { text: m.reply }));
}

class Filters extends Component {
  #form = createRef();

  // What is typed stays while the page refreshes; another address brings its own.
  componentDidUpdate({ params: before }) {
    for (const name of ["domain", "search"]) {
      if ((before[name] ?? "") !== (this.props.params[name] ?? "")) this.#form.current.elements[name].value = this.props.params[name] ?? "";
    }
  }

  render({ params, onApply }) {
    const apply = (event) => {
      event?.preventDefault();
      const form = new FormData(this.#form.current);
      onApply(Object.fromEntries(["status", "reason", "domain", "search"].map((name) => [name, form.get(name).trim()])));
    };
    return h("form", { ref: this.#form, class: "filters", role: "search", "aria-label": t("log.filter"), onSubmit: apply },
      h("label", null, h("span", null, t("status")),
        h("select", { name: "status", value: params.status ?? "", onChange: apply },
          h("option", { value: "" }, t("all")),
          h("optgroup", { label: t("status.campaign") }, ["Sent", "Failed"].map((s) => h("option", { value: s }, word("status", s)))),
          h("optgroup", { label: t("status.finer") }, states.map((s) => h("option", { value: s }, word("state", s)))))),
      h("label", null, h("span", null, t("reason")),
        h("select", { name: "reason", value: params.reason ?? "", onChange: apply },
          h("option", { value: "" }, t("all")),
          reasons.map((r) => h("option", { value: String(r) }, word("reason", r))))),
      h("label", null, h("span", null, t("domain")), h("input", { name: "domain", defaultValue: params.domain ?? "", placeholder: "example.com", autocomplete: "off", spellcheck: false })),
      h("label", { class: "grow" }, h("span", null, t("log.search")), h("input", { type: "search", name: "search", defaultValue: params.search ?? "", placeholder: t("log.search.hint"), autocomplete: "off" })),
      h("button", { type: "submit" }, t("search")),
      Object.values(params).some(Boolean) && h("button", { type: "button", class: "quiet", onClick: () => onApply({ status: "", reason: "", domain: "", search: "" }) }, t("log.clear")));
  }
}
