// Before the first paint, so that neither theme nor language flickers. Preferences may stay; the key never does (see session.js).
(() => {
  const root = document.documentElement;
  let theme = null;
  let language = null;
  try {
    theme = localStorage.getItem("enhanced-mta.theme");
    language = localStorage.getItem("enhanced-mta.language");
  } catch {
    // Storage is blocked: the system's choice holds.
  }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const known = (tag) => ["en", "fr"].find((l) => tag.toLowerCase().startsWith(l));
  root.lang = known(language ?? "") ?? (navigator.languages ?? [navigator.language]).map(known).find(Boolean) ?? "en";
})();
