/* Comforts of the diary form. It works without this file. */
"use strict";

(() => {
  /* How the scale was laid out goes with the answer: one row or two are not proved alike. */
  const layout = document.querySelector('input[name="scale_layout"]');
  if (layout) {
    const wide = matchMedia("(min-width: 40rem)");
    const note = () => {
      layout.value = wide.matches ? "one-row" : "two-rows";
    };
    note();
    wide.addEventListener("change", note);
  }

  /* The sentence below the body figure says what is picked, on the patient's own side. */
  const figure = document.querySelector("[data-body]");
  const picked = figure && figure.querySelector("[data-picked]");
  if (!picked) return;

  const place = (input) => {
    const words = input.closest("label").textContent.trim();
    const small = words.charAt(0).toLowerCase() + words.slice(1);
    return input.dataset.side ? picked.dataset.your.replace("{}", small) : small;
  };
  const say = () => {
    const places = [...figure.querySelectorAll('.rg input:checked')].map(place);
    if (places.length === 0) {
      picked.textContent = picked.dataset.none;
      return;
    }
    const last = places.pop();
    const strong = document.createElement("strong");
    strong.textContent = places.length ? `${places.join(", ")} ${picked.dataset.and} ${last}` : last;
    picked.replaceChildren(`${picked.dataset.lead} `, strong);
  };
  figure.addEventListener("change", (event) => {
    if (event.target.closest(".rg")) say();
  });
})();
