// The program builder on top of plain submit buttons: what was typed survives a reload; a shut gate shows itself whole.
"use strict";
(() => {
  const form = document.querySelector("form[data-plan]");
  const key = `keep:${location.pathname}#plan`;
  const user = document.body.dataset.user || "";
  const read = () => { try { return JSON.parse(sessionStorage.getItem(key)); } catch (broken) { return null; } };
  const keep = () => {
    const values = {};
    for (const [name, value] of new FormData(form)) if (name !== "csrfmiddlewaretoken") (values[name] ||= []).push(value);
    try { sessionStorage.setItem(key, JSON.stringify({ user, values })); } catch (full) { /* private mode: nothing is kept */ }
  };
  const note = () => form.querySelectorAll("[data-keep-note]").forEach((one) => { one.hidden = false; });

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  if (!form) return;

  // An answer without the plan in it is another page: a shut gate stands in this one's place, a sign-in takes over.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "plan" || detail.serverResponse.includes('id="plan"')) return;
    if (detail.xhr.status < 400) { detail.shouldSwap = false; location.assign(detail.xhr.responseURL); return; }
    detail.shouldSwap = true;
    detail.isError = false;
    detail.target = document.getElementById("main");
    detail.selectOverride = "#main";
    detail.swapOverride = "outerHTML";
  });
  document.addEventListener("htmx:afterSettle", () => { if (form.isConnected) { keep(); note(); } else scrollTo(0, 0); });
  form.addEventListener("input", () => { keep(); note(); });
  form.addEventListener("submit", keep);

  const kept = read();
  if (form.dataset.plan === "typed") { keep(); note(); }
  else if (kept && kept.user === user) {
    window.htmx.ajax("POST", location.href, { target: "#plan", select: "#plan", swap: "outerHTML", values: { ...kept.values, do: "keep" } });
  }
})();
