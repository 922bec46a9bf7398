// Restriction rows that were added on this page come back with what was typed, after a reload or a lost connection.
"use strict";
(() => {
  const form = document.getElementById("decide");
  if (!form) return;
  const changed = () => form.dispatchEvent(new Event("input", { bubbles: true }));
  const read = () => { try { return JSON.parse(sessionStorage.getItem(`keep:${location.pathname}#decide`)); } catch (broken) { return null; } };
  const fill = (row, values) => row.querySelectorAll("input, select, textarea").forEach((field) => {
    const tick = field.type === "checkbox" || field.type === "radio";
    const value = values[tick ? `${field.name}=${field.value}` : `${field.name}:0`];
    if (value !== undefined) field[tick ? "checked" : "value"] = value;
  });
  const kept = read();
  const values = kept && kept.user === (document.body.dataset.user || "") ? kept.values : {};
  const lost = Object.keys(values).map((name) => /^r-(\d+)-kind:0$/.exec(name)).filter((found) => found && !document.getElementById(`restriction-${found[1]}`));
  const bring = ([name, index]) => htmx.ajax("GET", `${form.dataset.rows}?index=${index}&kind=${encodeURIComponent(values[name])}`, { target: "#restriction-rows", swap: "beforeend" })
    .then(() => { const row = document.getElementById(`restriction-${index}`); if (row) fill(row, values); });
  lost.reduce((before, found) => before.then(() => bring(found)), Promise.resolve()).then(() => {
    if (lost.length) changed();
    document.body.addEventListener("htmx:afterSettle", changed);
  });
})();
