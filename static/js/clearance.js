// Conveniences on top of pages that work without JavaScript: search key, kept text, one submit, date presets, body map.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const say = (words) => { const live = document.getElementById("live"); if (live) live.textContent = words; };
  const tell = (field) => ["input", "change"].forEach((kind) => field.dispatchEvent(new Event(kind, { bubbles: true })));
  const user = document.body.dataset.user || "";

  // "/" goes to the search, Escape leaves it or closes the menu, arrows walk through the results.
  const find = document.getElementById("find");
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && find && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault(); find.focus(); find.select();
    } else if (event.key === "Escape") {
      const open = document.querySelector(".menu[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
      else if (event.target.closest(".find")) event.target.blur();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.closest(".find")) {
      const stops = [find, ...all("#find-results a")];
      const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
    }
  });
  document.addEventListener("click", (event) => {
    all(".menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("htmx:sendError", () => say("No connection. What you typed is still here."));

  // Kept text: what was typed survives a reload, a lost connection and a new sign-in; another page or another user clears it.
  const prefix = "keep:";
  const keyOf = (form) => `${prefix}${location.pathname}#${form.id || all("form[data-keep]").indexOf(form)}`;
  const worthKeeping = (field) => field.name && !["password", "hidden", "file", "submit", "button"].includes(field.type);
  const isTick = (field) => field.type === "checkbox" || field.type === "radio";
  const valuesOf = (form) => [...form.elements].filter(worthKeeping).map((field) =>
    isTick(field) ? [field.name, field.value, field.checked]
      : [field.name, field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value]);
  const restore = (form, values) => values.forEach(([name, value, ticked], index) => {
    const twins = [...form.elements].filter((field) => field.name === name);
    if (ticked !== undefined) { const twin = twins.find((field) => field.value === value); if (twin) twin.checked = ticked; }
    else if (Array.isArray(value) && twins[0]) [...twins[0].options].forEach((option) => { option.selected = value.includes(option.value); });
    else { const at = values.slice(0, index).filter((other) => other[0] === name).length; if (twins[at]) twins[at].value = value; }
  });
  const showNote = (form, words) => all("[data-keep-note]", form).forEach((note) => { note.hidden = false; if (words) say(words); });
  const write = (key, kept) => { try { sessionStorage.setItem(key, JSON.stringify(kept)); } catch (full) { /* private mode: nothing is kept */ } };
  const read = (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch (broken) { return null; } };
  const forget = (unless) => Object.keys(sessionStorage).filter((key) => key.startsWith(prefix) && !unless(key)).forEach((key) => sessionStorage.removeItem(key));
  const arrival = (performance.getEntriesByType("navigation")[0] || {}).type;
  const signedOut = !user && Boolean(document.querySelector("input[type=password]"));
  if (!signedOut) forget((key) => key.startsWith(`${prefix}${location.pathname}#`));
  all("form[data-keep]").forEach((form) => {
    const kept = read(keyOf(form));
    const answered = kept && kept.sent && arrival === "navigate" && !document.referrer.includes("/accounts/");
    if (kept && kept.user === user && !answered) { restore(form, kept.values); showNote(form, "What you typed before is back. It is not saved yet."); }
    else if (kept) sessionStorage.removeItem(keyOf(form));
    const keep = (sent) => write(keyOf(form), { user, sent, values: valuesOf(form) });
    form.addEventListener("input", () => { keep(false); showNote(form, ""); });
    form.addEventListener("submit", () => keep(true));
  });
  all("form[data-forget]").forEach((form) => form.addEventListener("submit", () => forget(() => false)));

  // One submit: the buttons rest until an answer comes.
  const rest = (form, resting) => [...form.elements].filter((field) => field.type === "submit").forEach((button) => {
    if (resting || button.hasAttribute("aria-busy")) { button.disabled = resting; button.toggleAttribute("aria-busy", resting); }
    if (resting) button.setAttribute("aria-busy", "true");
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    setTimeout(() => rest(form, true));
    setTimeout(() => rest(form, false), 10000);
  });
  window.addEventListener("pageshow", () => all("form").forEach((form) => rest(form, false)));

  // Date presets count from today.
  document.addEventListener("click", (event) => {
    const preset = event.target.closest("[data-sets]");
    const field = preset && document.getElementById(preset.dataset.sets);
    if (!field) return;
    const day = new Date();
    const dayOfMonth = day.getDate();
    day.setMonth(day.getMonth() + Number(preset.dataset.months || 0));
    if (day.getDate() !== dayOfMonth) day.setDate(0);
    day.setDate(day.getDate() + Number(preset.dataset.days || 0));
    field.value = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    all(`[data-sets="${preset.dataset.sets}"]`).forEach((other) => other.setAttribute("aria-pressed", String(other === preset)));
    tell(field);
  });

  // The error summary takes the focus; its links go to the first control of a group.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a");
    const target = link && document.getElementById(link.hash.slice(1));
    const control = target && (target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea"));
    if (control) { event.preventDefault(); control.focus(); }
  });

  // The body map ticks the form's own fields. The middle of the body has no side of its own: the side is never inferred.
  const fieldsOf = (map, name) => all(`[name="${map.dataset[name]}"]`, map.closest("form") || document);
  const valueOf = (fields) => { const field = isTick(fields[0] || {}) ? fields.find((one) => one.checked) : fields[0]; return field ? field.value : ""; };
  const choose = (fields, value) => fields.forEach((field) => {
    if (isTick(field)) { if (field.checked !== (field.value === value)) { field.checked = field.value === value; tell(field); } }
    else { field.value = value; tell(field); }
  });
  const draw = (map) => {
    const area = valueOf(fieldsOf(map, "areaName"));
    const side = valueOf(fieldsOf(map, "sideName"));
    all(".region", map).forEach((region) => {
      const { area: its, side: where } = region.dataset;
      region.setAttribute("aria-pressed", String(its === area && (where === "midline" || where === side || side === "both")));
      region.classList.remove("is-on");
    });
    const name = all(`.region[data-area="${area}"]`, map)[0];
    const label = name ? name.getAttribute("aria-label").split(",")[0] : "";
    const words = { left: ", left", right: ", right", both: ", both sides", midline: ", middle" }[side] || ". Now choose the side.";
    map.querySelector("[data-body-map-chosen]").textContent = label && label + words;
  };
  all(".body-map:not(.is-readonly)").forEach((map) => {
    const pick = (region) => {
      const { area, side } = region.dataset;
      if (side !== "midline") choose(fieldsOf(map, "sideName"), side);
      else if (valueOf(fieldsOf(map, "areaName")) !== area) choose(fieldsOf(map, "sideName"), "");
      choose(fieldsOf(map, "areaName"), area);
      draw(map);
    };
    map.addEventListener("click", (event) => { const region = event.target.closest(".region"); if (region) pick(region); });
    map.addEventListener("keydown", (event) => {
      const region = event.target.closest(".region");
      if (region && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); pick(region); }
    });
    (map.closest("form") || document).addEventListener("change", () => draw(map));
    draw(map);
  });
})();
