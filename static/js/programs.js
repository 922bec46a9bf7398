// The program builder on top of plain submit buttons: kept rows come back, a shut gate shows itself whole.
"use strict";
(() => {
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  const form = document.getElementById("builder");
  if (!form) return;

  // htmx would copy a resized box's inline style to its successor, which the content security policy forbids.
  window.htmx.config.attributesToSettle = [];

  // An answer without the plan in it is another page: a refusal stands in this one's place, a sign-in takes over.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "plan" || detail.serverResponse.includes('id="plan"')) return;
    detail.shouldSwap = detail.xhr.status >= 400;
    detail.isError = false;
    if (!detail.shouldSwap) { location.assign(detail.xhr.responseURL); return; }
    detail.target = document.getElementById("main");
    detail.selectOverride = "#main";
    detail.swapOverride = "outerHTML show:window:top";
  });
  // clearance.js keeps what is typed: new rows are typed, too.
  document.addEventListener("htmx:afterSettle", () => { if (form.isConnected) form.dispatchEvent(new Event("input")); });

  // Kept text of rows that a fresh page does not have: ask for the page with them. Names are as clearance.js keeps them.
  const read = () => { try { return JSON.parse(sessionStorage.getItem(`keep:${location.pathname}#builder`)); } catch (broken) { return null; } };
  const shapeOf = (names) => {
    const lines = [];
    names.forEach((name) => {
      const [, day, line] = name.match(/^w(\d)-(?:name|(\d+)-exercise)$/) || [];
      if (day) lines[day] = Math.max(lines[day] || 0, line === undefined ? 0 : Number(line) + 1);
    });
    return lines.join("-");
  };
  const kept = read();
  if (form.dataset.fresh !== "yes" || !kept || kept.user !== document.body.dataset.user) return;
  const values = {};
  Object.entries(kept.values).forEach(([key, value]) => {
    const [, name, what] = key.match(/^([^:=]+)[:=](.*)$/);
    if (value === true) (values[name] ||= []).push(what);
    else if (value !== false) values[name] = value;
  });
  const shape = shapeOf(Object.keys(values));
  if (shape === form.elements.shape.value) return;
  const onto = form.elements.onto.value;
  window.htmx.ajax("POST", location.href, { target: "#plan", select: "#plan", swap: "outerHTML", values: { ...values, shape, onto, do: "keep" } });
})();
