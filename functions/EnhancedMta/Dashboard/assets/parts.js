import { Component, createRef, h } from "./preact.mjs";
import { fullMoment, moment, number, percent, relative } from "./format.js";
import { sentence, t, word } from "./language.js";

export const Chip = ({ tone = "plain", title, children }) => h("span", { class: `chip ${tone}`, title }, children);

const tones = {
  delivered: "good", queued: "plain", waiting: "warn", bounced: "bad", expired: "bad",
  normal: "good", reduced: "warn", probing: "warn", suspended: "bad",
  enhanced: "good", maintenance: "warn", native: "bad",
  soft: "warn", failed: "bad", outOfBand: "bad", complaint: "bad", unsubscribe: "warn", throttled: "warn", inDoubt: "warn", corrected: "warn",
};

/** A state in words and colour; the colour alone tells nothing. */
export const State = ({ group, name }) => h(Chip, { tone: tones[name] ?? "plain" }, word(group, name));

/** Campaign's own status, as large as it deserves: Sent or Failed. */
export const Status = ({ status }) => h(Chip, { tone: status === "Failed" ? "bad" : "good" }, word("status", status));

export const Moment = ({ at, withDistance }) =>
  at ? h("time", { dateTime: at, title: fullMoment(at), class: "moment" }, moment(at), withDistance && h("span", { class: "quiet" }, ` · ${relative(at)}`)) : "–";

export const Tile = ({ label, value, note, tone, large }) =>
  h("div", { class: `tile ${tone ?? ""} ${large ? "large" : ""}` },
    h("dt", null, label),
    h("dd", { class: "value" }, value),
    note && h("dd", { class: "note" }, note));

export const Meter = ({ value, tone }) =>
  h("span", { class: `meter ${tone ?? ""}`, "aria-hidden": "true" }, h("span", { style: { width: `${Math.max(0, Math.min(100, value ?? 0))}%` } }));

/** A percentage with its bar. */
export const Gauge = ({ value, tone }) => h("span", { class: "gauge" }, h("span", { class: "figure" }, percent(value)), h(Meter, { value, tone }));

export const Notice = ({ tone = "plain", title, children, role }) =>
  h("div", { class: `notice ${tone}`, role }, title && h("p", { class: "title" }, title), children);

export const Empty = ({ title, children }) => h("div", { class: "empty" }, h("p", { class: "title" }, title), children && h("p", null, children));

/** What went wrong, in the API's own words where it has some. */
export const Failure = ({ error }) =>
  h(Notice, { tone: "bad", title: error.status === 0 ? t("error.unreachable") : error.title ?? t("error.status", { status: error.status }), role: "alert" },
    error.detail && h("p", null, h(Said, { text: error.detail })),
    error.errors?.length > 0 && h("ul", null, error.errors.map((e) => h("li", null, h("code", null, e.field), " ", h(Said, { text: e.error })))));

/** A sentence of the API; its times as people here write them. */
export const Said = ({ text }) => {
  const known = sentence(text);
  return h("span", { lang: known.lang }, known.text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, (utc) => moment(utc.replace(" ", "T"))));
};

export const Says = ({ says }) => h("ul", { class: "says" }, says.map((s) => h("li", { key: s }, h(Said, { text: s }))));

/** What a mail server said. Text, whatever is in it. */
export const Reply = ({ text }) => (text ? h("code", { class: "reply", lang: "", translate: "no" }, text) : null);

/**
 * A table that becomes a list of cards on a phone. Roles are said aloud, because browsers forget them when the layout changes.
 * columns: {label, cell(row), numeric, wide, header}
 */
export const Table = ({ caption, columns, rows, keyOf, empty }) =>
  rows.length === 0 ? empty ?? h(Empty, { title: t("nothing.here") }) :
  h("table", { role: "table", class: "cards" },
    h("caption", { class: "aside" }, caption),
    h("thead", { role: "rowgroup" },
      h("tr", { role: "row" }, columns.map((c) => h("th", { role: "columnheader", scope: "col", class: c.numeric ? "numeric" : c.class }, c.label)))),
    h("tbody", { role: "rowgroup" }, rows.map((row, index) =>
      h("tr", { role: "row", key: keyOf ? keyOf(row) : index }, columns.map((c) =>
        h(c.header ? "th" : "td", { role: c.header ? "rowheader" : "cell", scope: c.header ? "row" : undefined, class: `${c.numeric ? "numeric" : ""} ${c.class ?? ""}`, "data-label": c.label },
          h("div", { class: "cell" }, c.cell(row))))))));

/** Amounts as a table whose bars are its chart: nothing to see that cannot be read. */
export const Bars = ({ caption, label, rows, tone, extra = [], empty }) => {
  const most = Math.max(1, ...rows.map((r) => r.count));
  return h(Table, {
    caption,
    rows,
    keyOf: (r) => r.key,
    empty,
    columns: [
      { label, header: true, cell: (r) => r.label, class: "name" },
      { label: t("count"), numeric: true, cell: (r) => number(r.count) },
      { label: t("part"), class: "bar", cell: (r) => h(Meter, { value: (100 * r.count) / most, tone: r.tone ?? tone }) },
      ...extra,
    ],
  });
};

/** Parts of a whole in one bar, with its legend. */
export const Composition = ({ label, parts }) => {
  const whole = Math.max(1, parts.reduce((sum, p) => sum + p.count, 0));
  return h("div", { class: "composition" },
    h("div", { class: "stack", role: "img", "aria-label": `${label}: ${parts.map((p) => `${p.label} ${number(p.count)}`).join(", ")}` },
      parts.filter((p) => p.count > 0).map((p) => h("span", { key: p.key, class: `part ${p.key}`, style: { width: `${(100 * p.count) / whole}%` } }))),
    h("ul", { class: "legend" }, parts.map((p) => h("li", { key: p.key }, h("span", { class: `swatch ${p.key}`, "aria-hidden": "true" }), p.label, " ", h("b", null, number(p.count))))));
};

/** One choice of few, as radio buttons: arrow keys work. */
export const Choice = ({ name, label, value, options, onChange }) =>
  h("fieldset", { class: "choice" },
    h("legend", { class: "aside" }, label),
    options.map(([key, text]) =>
      h("label", { key }, h("input", { type: "radio", name, value: key, checked: key === value, onChange: () => onChange(key) }), h("span", null, text))));

/** A question that must be answered before something is done. */
export class Question extends Component {
  #dialog = createRef();

  componentDidMount() {
    this.#dialog.current.showModal();
  }

  render({ title, children, confirm, tone, onConfirm, onCancel, isBusy }) {
    return h("dialog", { ref: this.#dialog, "aria-labelledby": "question", onCancel: (e) => { e.preventDefault(); onCancel(); } },
      h("h2", { id: "question" }, title),
      h("div", { class: "body" }, children),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "quiet", onClick: onCancel }, t("cancel")),
        confirm && h("button", { type: "button", class: tone, disabled: isBusy, onClick: onConfirm }, confirm)));
  }
}
