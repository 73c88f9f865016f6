import { h } from "./preact.mjs";
import { api } from "./api.js";
import { number, relative } from "./format.js";
import { t, word } from "./language.js";
import { Failure, Moment, Notice, State, Tile } from "./parts.js";

const modes = ["enhanced", "maintenance", "native"];

export const mode = {
  nav: "mode",
  every: 5_000,
  title: () => t("mode.title"),
  load: (place, signal) => api.get(["mode"], {}, signal),
  render: (data, ui) => [
    h("p", { class: "lead" }, t("mode.lead")),
    h("dl", { class: "figures-row wide card" },
      h(Tile, { label: t("mode.now"), value: h(State, { group: "mode", name: data.now }), note: t(`mode.${data.now}.is`) }),
      data.since && h(Tile, { label: t("since"), value: h(Moment, { at: data.since }), note: relative(data.since) }),
      data.reason && h(Tile, { label: t("mode.reason"), value: data.reason }),
      h(Tile, { label: t("mode.held"), value: number(data.heldBatches.transactional + data.heldBatches.marketing), note: t("mode.held.lanes", { transactional: number(data.heldBatches.transactional), marketing: number(data.heldBatches.marketing) }) })),
    data.effective && h(Notice, { tone: "warn" }, h("p", null, t("mode.effective", { mode: word("mode", data.mode) }), " ", h(Moment, { at: data.effective, withDistance: true }))),
    h("section", { class: "card", "aria-labelledby": "change" },
      h("h2", { id: "change" }, t("mode.change")),
      h("form", { onSubmit: (e) => { e.preventDefault(); ask(data, new FormData(e.currentTarget), ui); } },
        h("div", { class: "options", role: "radiogroup", "aria-labelledby": "change" },
          modes.map((m) => h("label", { key: m, class: "option" },
            h("input", { type: "radio", name: "mode", value: m, defaultChecked: m === data.mode }),
            h("span", null, h("b", null, word("mode", m)), h("span", { class: "quiet" }, t(`mode.${m}.does`)))))),
        h("label", { class: "field" }, h("span", null, t("mode.why")), h("input", { name: "reason", maxLength: 200, autocomplete: "off" })),
        h("button", { type: "submit" }, t("mode.change"), "…"))),
  ],
};

function ask(data, form, ui) {
  const [wanted, reason] = [form.get("mode"), form.get("reason").trim()];
  if (wanted === data.mode) {
    ui.ask({ title: t("mode.same", { mode: word("mode", wanted) }), children: null });
    return;
  }
  const question = { title: t("mode.ask", { mode: word("mode", wanted) }), tone: wanted === "enhanced" ? "primary" : "danger" };
  ui.ask({
    ...question,
    children: [h("p", null, t(`mode.${wanted}.does`)), h("p", null, t("mode.for.all", { seconds: number(data.obeyedWithinSeconds) }))],
    confirm: t("mode.set", { mode: word("mode", wanted) }),
    onConfirm: async () => {
      try {
        await api.post(["mode"], reason ? { mode: wanted, reason } : { mode: wanted });
        ui.ask(null);
        ui.say(t("mode.was.set", { mode: word("mode", wanted) }));
        ui.refresh();
      } catch (error) {
        ui.ask({ ...question, children: h(Failure, { error }) });
      }
    },
  });
}
