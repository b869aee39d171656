/* Comforts for every page with a form. Each page works without this file. */
"use strict";

(() => {
  const AGAIN_AFTER_MS = 4000;

  /* The error summary is read first. */
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  /* A second press while the first is on its way does nothing; after a while, or when the
     reader comes back, the same form can be sent again (the server counts it once). */
  const sent = new WeakMap();
  const release = (form) => {
    clearTimeout(sent.get(form));
    sent.delete(form);
    form.querySelectorAll('button[aria-disabled="true"]').forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    sent.set(form, setTimeout(() => release(form), AGAIN_AFTER_MS));
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  });

  /* A private page that the browser kept in memory is asked for again, so that after signing
     out the Back button shows nothing. */
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (document.body.matches(".app, .desk, .private")) location.reload();
    else document.querySelectorAll("form").forEach(release);
  });

  /* Printing from a button, which only shows where it works. */
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });

  /* What a phone folds stands open where there is room, and on paper. */
  const unfold = (which) => document.querySelectorAll(which).forEach((part) => part.setAttribute("open", ""));
  if (matchMedia("(min-width: 73rem)").matches) unfold("[data-open-wide]");
  addEventListener("beforeprint", () => unfold("details.printed"));

  /* A page of plain text goes to the clipboard; where that is not allowed, the link opens it. */
  document.querySelectorAll("[data-copy]").forEach((link) => {
    const said = document.querySelector("[data-copied]");
    if (!navigator.clipboard || !said) return;
    said.hidden = false;
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      try {
        const answer = await fetch(link.href);
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        await navigator.clipboard.writeText(await answer.text());
        said.textContent = said.dataset.copied;
      } catch {
        location.assign(link.href);
      }
    });
  });

  /* Leaving takes this page out of the history as well. */
  document.querySelectorAll("[data-quick-exit]").forEach((link) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.documentElement.hidden = true;
      location.replace(link.href);
    });
  });
})();
