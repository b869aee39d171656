/* A half-written visit is kept on the server while it is typed. The form works without this file. */
"use strict";

(() => {
  const AFTER_MS = 2500;
  const form = document.querySelector("form[data-keep]");
  const said = form && form.querySelector("[data-kept]");
  if (!form) return;

  let timer = 0;
  let sending = null;
  const keep = async () => {
    const fields = new FormData(form);
    fields.set("more", "keep");
    sending = new AbortController();
    try {
      const answer = await fetch(location.pathname, {
        method: "POST",
        body: new URLSearchParams(fields),
        redirect: "manual",
        signal: sending.signal,
      });
      if (answer.status === 204) said.textContent = said.dataset.kept;
    } catch {
      /* Offline, or the form itself is on its way: the next change tries again. */
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, AFTER_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    if (sending) sending.abort();
  });
})();
