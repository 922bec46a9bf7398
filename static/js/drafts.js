// Today lists what was typed in this tab and not saved: each leads back to its form.
"use strict";
(() => {
  const section = document.getElementById("drafts");
  const user = document.body.dataset.user || "";
  const read = (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch (broken) { return null; } };
  const drafts = Object.keys(sessionStorage)
    .filter((key) => key.startsWith("keep:"))
    .map((key) => ({ key, path: key.slice(5).split("#")[0], ...read(key) }))
    .filter((draft) => draft.user === user && !draft.sent && draft.title && draft.path.startsWith("/"))
    .sort((one, other) => (other.at || 0) - (one.at || 0));
  if (!section || !drafts.length) return;
  const row = section.querySelector("template").content.firstElementChild;
  drafts.forEach((draft) => {
    const item = row.cloneNode(true);
    const link = item.querySelector("a");
    link.textContent = draft.title;
    link.href = draft.path;
    item.querySelector("time").textContent = draft.at ? new Date(draft.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) : "";
    item.querySelector("button").addEventListener("click", () => { sessionStorage.removeItem(draft.key); item.remove(); section.hidden = !section.querySelector("li"); });
    section.querySelector("ul").append(item);
  });
  section.hidden = false;
})();
