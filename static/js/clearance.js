// Conveniences on top of pages that work without JavaScript: search key, kept text, one submit, date presets, body map.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const say = (words) => { const live = document.getElementById("live"); if (live) live.textContent = words; };
  const tell = (field) => ["input", "change"].forEach((kind) => field.dispatchEvent(new Event(kind, { bubbles: true })));
  const isTick = (field) => field.type === "checkbox" || field.type === "radio";

  // "/" goes to the search, Escape leaves it or closes the menu, arrows walk through the results.
  const find = document.getElementById("find");
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const menu = document.querySelector(".menu[open]");
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "/" && find && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault(); find.focus(); find.select();
    } else if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); }
    else if (event.key === "Escape" && event.target.closest(".find")) event.target.blur();
    else if (way && event.target.closest(".find")) {
      const stops = [find, ...all("#find-results a")];
      const next = stops[stops.indexOf(event.target) + way];
      if (next) { event.preventDefault(); next.focus(); }
    }
  });
  document.addEventListener("click", (event) => all(".menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("htmx:sendError", () => say("No connection. What you typed is still here."));

  // Kept text survives a reload, a lost connection, another page and a new sign-in by the same person; today lists it (drafts.js).
  // It goes once it was sent and the answer is another page, when somebody else signs in, at sign-out, and with the tab.
  const user = document.body.dataset.user || "";
  const here = `keep:${location.pathname}#`;
  const keyOf = (form) => here + (form.id || all("form[data-keep]").indexOf(form));
  const read = (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch (broken) { return null; } };
  const write = (key, kept) => { try { sessionStorage.setItem(key, JSON.stringify(kept)); } catch (full) { say("This browser cannot keep your text."); } };
  const forget = (spare) => Object.keys(sessionStorage).filter((key) => key.startsWith("keep:") && !spare(key)).forEach((key) => sessionStorage.removeItem(key));
  const fieldsToKeep = (form) => [...form.elements].filter((field) => field.name && !["password", "hidden", "file", "submit", "button", "fieldset"].includes(field.type));
  const valueNow = (field) => isTick(field) ? field.checked : field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value;
  const nameOf = (field, index, fields) => isTick(field) ? `${field.name}=${field.value}` : `${field.name}:${fields.slice(0, index).filter((one) => one.name === field.name).length}`;
  const put = (field, value) => {
    if (isTick(field)) field.checked = value;
    else if (field.multiple) [...field.options].forEach((option) => { option.selected = value.includes(option.value); });
    else field.value = value;
  };
  const snapshot = (form) => Object.fromEntries(fieldsToKeep(form).map((field, index, fields) => [nameOf(field, index, fields), valueNow(field)]));
  const restore = (form, values) => fieldsToKeep(form).forEach((field, index, fields) => { const name = nameOf(field, index, fields); if (name in values) put(field, values[name]); });
  const showNote = (form) => all("[data-keep-note]", form).forEach((note) => { note.hidden = false; });
  const forms = all("form[data-keep]");
  const sentAway = (key, kept) => kept.sent && key.slice(5).split("#")[0] !== location.pathname;
  if (!document.querySelector("input[type=password], .refusal")) forget((key) => { const kept = read(key); return kept && kept.user === user && !sentAway(key, kept); });
  forms.forEach((form) => {
    const kept = read(keyOf(form));
    const done = kept && kept.sent && document.querySelector(".note-success");
    if (kept && kept.user === user && !done) { restore(form, kept.values); showNote(form); say("What you typed before is back. It is not saved yet."); }
    else if (kept) sessionStorage.removeItem(keyOf(form));
    const keep = (sent) => write(keyOf(form), { user, sent, values: snapshot(form), title: all("h1, a.back").map((one) => one.textContent.trim()).join(", "), at: Date.now() });
    form.addEventListener("input", () => { keep(false); showNote(form); });
    form.addEventListener("submit", () => keep(true));
  });
  all("form[data-forget]").forEach((form) => form.addEventListener("submit", () => forget(() => false)));

  // One submit: the buttons rest until an answer comes.
  const buttons = (form, selector) => [...form.elements].filter((field) => field.matches(selector));
  const rest = (form) => buttons(form, "[type=submit]:enabled, button:not([type]):enabled").forEach((button) => { button.disabled = true; button.setAttribute("aria-busy", "true"); });
  const wake = (form) => buttons(form, "[aria-busy]").forEach((button) => { button.disabled = false; button.removeAttribute("aria-busy"); });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    setTimeout(rest, 0, event.target);
    setTimeout(wake, 10000, event.target);
  });
  window.addEventListener("pageshow", () => all("form").forEach(wake));

  // Date presets count from today, or from the day in the field that data-from names; a month ends on its last day.
  const later = (months, days, from) => {
    const [year, month, date] = (from || "").split("-").map(Number);
    const today = year && month && date ? new Date(year, month - 1, date) : new Date();
    const last = new Date(today.getFullYear(), today.getMonth() + months + 1, 0).getDate();
    const day = new Date(today.getFullYear(), today.getMonth() + months, Math.min(today.getDate(), last) + days);
    return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  };
  document.addEventListener("click", (event) => {
    const preset = event.target.closest("[data-sets]");
    const link = event.target.closest("[data-error-summary] a");
    const target = document.getElementById(preset ? preset.dataset.sets : link ? link.hash.slice(1) : "");
    const control = target && (target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea"));
    if (control && link) { event.preventDefault(); control.focus(); }
    if (!control || !preset) return;
    const from = document.getElementById(preset.dataset.from || "");
    control.value = later(Number(preset.dataset.months || 0), Number(preset.dataset.days || 0), from ? from.value : "");
    all(`[data-sets="${preset.dataset.sets}"]`).forEach((other) => other.setAttribute("aria-pressed", String(other === preset)));
    tell(control);
  });
  all("[data-error-summary]").forEach((summary) => summary.focus());

  // The body map ticks the form's own fields. The middle of the body has no side of its own: the side is never inferred.
  const choose = (fields, value) => fields.forEach((field) => {
    if (isTick(field)) { if (field.checked !== (field.value === value)) { field.checked = field.value === value; tell(field); } }
    else if (field.value !== value) { field.value = value; tell(field); }
  });
  all(".body-map:not(.is-readonly):not([data-several])").forEach((map) => {
    const form = map.closest("form") || document;
    const areas = all(`[name="${map.dataset.areaName}"]`, form);
    const sides = all(`[name="${map.dataset.sideName}"]`, form);
    const chosen = (fields) => (fields.find((field) => !isTick(field) || field.checked) || { value: "" }).value;
    const draw = () => {
      const [area, side] = [chosen(areas), chosen(sides)];
      const marked = all(".region", map).filter(({ dataset }) => dataset.area === area && (["midline", side].includes(dataset.side) || side === "both"));
      all(".region", map).forEach((region) => { region.classList.remove("is-on"); region.setAttribute("aria-pressed", String(marked.includes(region))); });
      const named = map.querySelector(`.region[data-area="${area}"]`);
      const words = { left: ", left", right: ", right", both: ", both sides", midline: ", middle" }[side] || ". Now choose the side.";
      map.querySelector("[data-body-map-chosen]").textContent = named ? named.getAttribute("aria-label").split(",")[0] + words : "";
    };
    const pick = (region) => {
      if (region.dataset.side !== "midline") choose(sides, region.dataset.side);
      else if (chosen(areas) !== region.dataset.area) choose(sides, "");
      choose(areas, region.dataset.area);
    };
    const act = (event) => { const region = event.target.closest(".region"); if (region) { event.preventDefault(); pick(region); } };
    map.addEventListener("click", act);
    map.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") act(event); });
    form.addEventListener("change", draw);
    draw();
  });

  // With several places each one ticks or unticks its own line of the list.
  all(".body-map[data-several]").forEach((map) => {
    const form = map.closest("form") || document;
    const boxes = all(`[name="${map.dataset.several}"]`, form);
    const boxOf = ({ dataset }) => boxes.find((box) => box.value === `${dataset.area}:${dataset.side}`);
    const draw = () => {
      all(".region", map).forEach((region) => {
        const box = boxOf(region);
        region.classList.remove("is-on");
        region.setAttribute("aria-pressed", String(Boolean(box && box.checked)));
      });
      const words = boxes.filter((box) => box.checked).map((box) => box.labels[0].textContent.trim()).join("; ");
      all("[data-body-map-chosen]", form).forEach((place) => { place.textContent = words || place.dataset.none || ""; });
    };
    const act = (event) => {
      const region = event.target.closest(".region");
      const box = region && boxOf(region);
      if (box) { event.preventDefault(); box.checked = !box.checked; tell(box); }
    };
    map.addEventListener("click", act);
    map.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") act(event); });
    form.addEventListener("change", draw);
    draw();
  });
})();
