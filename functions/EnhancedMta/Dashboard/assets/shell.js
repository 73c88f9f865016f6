import { h } from "./preact.mjs";
import { moment } from "./format.js";
import { t, word } from "./language.js";
import { Chip, Failure, Notice, Question } from "./parts.js";
import { Brand, Leave, Preferences } from "./preferences.js";
import { to } from "./route.js";

const places = [["deliveries", "nav.deliveries"], ["throughput", "nav.throughput"], ["paths", "nav.paths"], ["warm-up", "nav.warm-up"], ["alerts", "nav.alerts"], ["mode", "nav.mode"]];

const Day = 86_400_000;

/** Incidents of the last day, as the mark on the tab. */
const fresh = (shell) => (shell.incidents ?? []).filter((i) => new Date(shell.health.time) - new Date(i.time) < Day).length;

/** The frame around each view: where one is, who sends, whether the server answers. */
export const Shell = ({ state, view, ui }) =>
  h("div", { class: "shell", "data-place": state.place.segments.join("/") },
    h("a", { class: "skip", href: "#main", onClick: (e) => { e.preventDefault(); document.getElementById("main").focus(); } }, t("skip")),
    h("header", { class: "top" },
      h("div", { class: "bar" },
        h("a", { class: "home", href: to(["deliveries"]) }, h(Brand, null)),
        h(Mode, { shell: state.shell }),
        h(Preferences, { onChange: ui.lookChanged }, h("button", { type: "button", class: "quiet small forget", title: t("key.forget"), onClick: ui.signOut }, h(Leave, null), h("span", null, t("key.forget"))))),
      h("nav", { "aria-label": t("nav") },
        h("ul", null, places.map(([segment, label]) =>
          h("li", { key: segment }, h("a", { href: to([segment]), "aria-current": view.nav === segment ? "page" : undefined },
            t(label),
            segment === "alerts" && fresh(state.shell) > 0 && h("span", { class: "count" }, fresh(state.shell), h("span", { class: "aside" }, ` ${t("alerts.today")}`)))))))),
    h("main", { id: "main", tabIndex: -1 },
      h("div", { class: "heading" },
        view.back && h("a", { class: "back", href: view.back(state.place).href }, "‹ ", view.back(state.place).text),
        h("h1", { id: "title", tabIndex: -1 }, view.title(state.place, state.data)),
      state.asOf && !state.error && h("span", { class: "as-of quiet small" }, moment(state.asOf))),
      state.error && h(Stale, { error: state.error, asOf: state.asOf }),
      state.data ? view.render(state.data, ui) : state.error ? null : h(Loading, null)),
    h("p", { class: "aside", role: "status", "aria-live": "polite" }, state.said),
    state.question && h(Question, { ...state.question, onCancel: () => ui.ask(null) }));

const Mode = ({ shell }) =>
  !shell.mode ? h("span", null)
  : !shell.isConnected ? h("span", { class: "connection" }, h(Chip, { tone: "bad" }, t("connection.lost")))
  : h("a", { class: "connection", href: to(["mode"]), title: t("mode.title") },
      h(Chip, { tone: shell.mode.now === "enhanced" ? "good" : shell.mode.now === "native" ? "bad" : "warn" }, t("mode.title"), " · ", word("mode", shell.mode.now)));

const Stale = ({ error, asOf }) =>
  h("div", null, h(Failure, { error }), asOf && h(Notice, { tone: "warn" }, h("p", null, t("error.stale", { time: moment(asOf) }))));

const Loading = () =>
  h("div", { class: "loading", role: "status" }, h("span", { class: "aside" }, t("loading")), h("div", { class: "ghost" }), h("div", { class: "ghost" }), h("div", { class: "ghost" }));
