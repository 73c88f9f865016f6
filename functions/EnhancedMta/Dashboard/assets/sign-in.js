import { Component, h } from "./preact.mjs";
import { t } from "./language.js";
import { Brand, Preferences } from "./preferences.js";

/** Asks for the key. */
export class SignIn extends Component {
  state = { fault: null, isBusy: false };

  render({ onKey, note }, { fault, isBusy }) {
    const submit = async (event) => {
      event.preventDefault();
      const key = new FormData(event.currentTarget).get("key").trim();
      if (!key) {
        this.setState({ fault: t("key.missing") });
        return;
      }
      this.setState({ isBusy: true });
      const refused = await onKey(key);
      this.setState({ fault: refused, isBusy: false });
    };
    const problem = fault ?? note;
    return h("div", { class: "sign-in" },
      h("header", null, h(Brand, null), h(Preferences, { onChange: () => this.setState({}) })),
      h("main", null,
        h("form", { onSubmit: submit, class: "card" },
          h("h1", null, t("key.title")),
          h("p", { class: "quiet" }, t("key.why")),
          h("label", { for: "key" }, t("key.label")),
          h("input", {
            id: "key", name: "key", type: "password", autocomplete: "off", autofocus: true, spellcheck: false,
            "aria-invalid": problem ? "true" : undefined, "aria-describedby": "key-problem key-where",
          }),
          h("p", { id: "key-problem", class: "problem", role: "alert" }, problem),
          h("button", { type: "submit", class: "primary", disabled: isBusy }, t("key.enter")),
          h("p", { id: "key-where", class: "quiet small" }, t("key.where")))));
  }
}
