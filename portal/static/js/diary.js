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

/* What is typed is kept on the server until it is saved, so that a reload, a lost connection or a
   sign-in that ran out loses nothing. Only typing sends; no clock of its own keeps a sign-in alive. */
(() => {
  const SOON_MS = 1500;
  const APART_MS = 8000;
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const note = form.querySelector("[data-note]");
  const trouble = form.querySelector("[data-trouble]");
  let typed = 0;
  let kept = 0;
  let timer = 0;
  let last = -APART_MS;
  let under = null;
  let isLeaving = false;
  let isReached = true;
  let isTrying = false;

  const say = (which) => {
    const words = which ? form.dataset[which] : "";
    if (trouble.textContent !== words) trouble.textContent = words;
  };

  const send = async (now, options) => {
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.dataset.draft, { method: "POST", body, redirect: "manual", ...options });
      isReached = true;
      if (answer.ok) {
        kept = Math.max(kept, now);
        if (note) note.textContent = form.dataset.kept;
        say("");
      } else {
        say(answer.type === "opaqueredirect" ? "ended" : "unkept");
      }
    } catch {
      if (isLeaving) return;
      isReached = false;
      say("lost");
    }
  };

  /* One after the other, so that an older draft never comes last. */
  const keep = async () => {
    clearTimeout(timer);
    timer = 0;
    last = performance.now();
    while (under) await under;
    under = send(typed, {});
    await under;
    under = null;
  };

  form.addEventListener("input", (event) => {
    if (event.target.name === "bodyview") return;
    typed += 1;
    isLeaving = false;
    if (!timer) timer = setTimeout(keep, Math.max(SOON_MS, last + APART_MS - performance.now()));
  });
  addEventListener("online", () => {
    if (kept !== typed) keep();
  });

  let sentLast = 0;
  const leave = () => {
    if (isLeaving || kept === typed || sentLast === typed) return;
    clearTimeout(timer);
    sentLast = typed;
    send(typed, { keepalive: true });
  };
  addEventListener("beforeunload", leave);
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });

  /* Where the server cannot be reached, saving would only lead to the browser's own error page
     and lose what stands here: it is tried first, and the page stays. */
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (isLeaving || (isReached && navigator.onLine)) {
      isLeaving = true;
      return;
    }
    event.preventDefault();
    if (isTrying) return;
    isTrying = true;
    await keep();
    isTrying = false;
    if (!isReached) return;
    isLeaving = true;
    form.requestSubmit(event.submitter);
  });
})();
