// The key: typed once, kept for this tab only, sent as a header and never in an address.
const Name = "enhanced-mta.key";

// Where storage is blocked the key lasts until the page is left.
const stored = (use) => {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
};

export const session = {
  key: stored((s) => s.getItem(Name)),

  keep(key) {
    session.key = key;
    stored((s) => s.setItem(Name, key));
  },

  forget() {
    session.key = null;
    stored((s) => s.removeItem(Name));
  },

  // The local host's demo prints a link with the key in the fragment, which browsers send to nobody. It leaves the address bar at once.
  takeFromAddress() {
    const given = /^#key=([^&/]+)$/.exec(location.hash);
    if (!given) return;
    session.keep(decodeURIComponent(given[1]));
    history.replaceState(null, "", `${location.pathname}${location.search}#/deliveries`);
  },
};
