import { h } from "./preact.mjs";
import { api } from "./api.js";
import { t, word } from "./language.js";
import { Failure } from "./parts.js";
import { Move } from "./view-path.js";

/** Suspend for an hour, or resume: what it would change is asked of the API first, and shown. */
export const PathActions = ({ path: p, ui }) => {
  const offered = p.mode === "suspended" || p.limits.isHeld ? "resume" : "suspend";
  const body = offered === "suspend" ? { action: "suspend", for: "PT1H" } : { action: "resume" };

  const ask = async () => {
    const question = { title: t(`path.${offered}.title`), tone: offered === "suspend" ? "danger" : "primary" };
    try {
      const tried = await api.post(["paths", p.id], { ...body, reason: t("path.reason"), dryRun: true });
      ui.ask({
        ...question,
        children: [
          h("p", null, t(`path.${offered}.text`, { site: p.site })),
          tried.moves.length === 0 ? h("p", null, t("path.no.change")) : h("ol", { class: "timeline" }, tried.moves.map((m, at) => h(Move, { key: at, move: m }))),
        ],
        confirm: tried.moves.length === 0 ? null : t(`path.${offered}`),
        onConfirm: () => act(question),
      });
    } catch (error) {
      ui.ask({ ...question, children: h(Failure, { error }) });
    }
  };

  const act = async (question) => {
    try {
      const { after } = await api.post(["paths", p.id], { ...body, reason: t("path.reason") });
      ui.ask(null);
      ui.say(t("path.now", { site: p.site, state: word("path", after.mode) }));
      ui.refresh();
    } catch (error) {
      ui.ask({ ...question, children: h(Failure, { error }) });
    }
  };

  return h("p", { class: "actions" }, h("button", { type: "button", onClick: ask }, t(`path.${offered}`), "…"));
};
