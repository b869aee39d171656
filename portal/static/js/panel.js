/* Single keys on the panel and the brief: j and k walk, Enter opens (it is a link), r marks
   reviewed, ? shows them all. Each page works without this file. */
"use strict";

(() => {
  const rows = [...document.querySelectorAll("[data-row]")];
  const help = document.querySelector("[data-keys]");
  const used = document.querySelector("[data-keys-on]");
  if (used) used.closest("label").hidden = false;

  const place = () => rows.findIndex((row) => row.contains(document.activeElement));

  const go = (step) => {
    const from = place();
    const to = from < 0 ? (step > 0 ? 0 : rows.length - 1) : from + step;
    const link = rows[to]?.querySelector("[data-open]");
    if (!link) return;
    link.focus();
    rows[to].scrollIntoView({ block: "nearest" });
  };

  const review = () => {
    const row = rows[place()];
    const button = (rows.length ? row : document)?.querySelector("[data-review]");
    if (button) button.click();
  };

  const explain = () => {
    if (!help) return;
    help.open = !help.open;
    help.querySelector("summary").focus();
  };

  const keys = { j: () => go(1), k: () => go(-1), r: review, "?": explain };

  const isTyping = (target) =>
    target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const act = keys[event.key];
    if (!act || isTyping(event.target)) return;
    if (used && !used.checked && event.key !== "?") return;
    event.preventDefault();
    act();
  });
})();
