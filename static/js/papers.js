// Restriction rows that were added on this page come back with what was typed, after a reload or a lost connection.
"use strict";
(() => {
  const form = document.getElementById("transcribe");
  if (!form) return;
  const read = () => { try { return JSON.parse(sessionStorage.getItem(`keep:${location.pathname}#transcribe`)); } catch (broken) { return null; } };
  const kept = read();
  const typed = kept && kept.user === (document.body.dataset.user || "") ? Object.entries(kept.values).filter(([name]) => /^r-\d+-/.test(name)) : [];
  const lost = typed.filter(([name]) => !document.getElementById(`restriction-${name.split("-")[1]}`));
  const values = { look: "1" };
  lost.forEach(([name, value]) => {
    const [field, choice] = name.split(/=(.*)/s);
    if (choice === undefined) values[field.replace(/:\d+$/, "")] = value;
    else if (value) values[field] = [...(values[field] || []), choice];
  });
  const again = { source: form, target: "#id_restrictions", select: "#id_restrictions", swap: "outerHTML", values };
  const shown = lost.length ? htmx.ajax("POST", location.pathname, again) : Promise.resolve();
  const changed = () => form.dispatchEvent(new Event("input", { bubbles: true }));
  shown.then(() => document.body.addEventListener("htmx:afterSettle", changed));
})();
