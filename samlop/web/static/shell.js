// Small comforts on pages that work without them.

const menus = () => document.querySelectorAll("details.popmenu[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  for (const box of document.querySelectorAll("[data-suggestions]")) {
    if (!box.parentElement.contains(event.target)) box.replaceChildren();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  for (const box of document.querySelectorAll("[data-suggestions]:not(:empty)")) {
    box.replaceChildren();
    box.parentElement.querySelector("input").focus();
  }
});

// What was opened above a list is closed again, and the reader is back where she opened it.
document.addEventListener("click", (event) => {
  const closing = event.target.closest?.("[data-closes]");
  const opened = closing?.closest(closing.dataset.closes);
  if (!opened || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const name = opened.dataset.openedBy;
  opened.remove();
  if (name) document.querySelector(`a[href^="${CSS.escape(name)}"]`)?.focus();
});

// From the search box down into its suggestions and back, by arrow keys.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const form = event.target.closest?.(".site-search");
  const links = form ? [...form.querySelectorAll("[data-suggestions] a")] : [];
  if (!links.length) return;
  const here = links.indexOf(document.activeElement);
  const next = here + (event.key === "ArrowDown" ? 1 : -1);
  event.preventDefault();
  (next < 0 ? form.querySelector("input") : links[Math.min(next, links.length - 1)]).focus();
});

// A second tap on a slow page does not send the same form twice.
const sentAt = new WeakMap();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (event.timeStamp - (sentAt.get(form) ?? -Infinity) < 3000) event.preventDefault();
  else sentAt.set(form, event.timeStamp);
});

// An answer that never came, or came as an error, must not pass in silence.
const tellTrouble = () => {
  const region = document.getElementById("meldinger");
  if (!region) return;
  const told = document.createElement("div");
  told.className = "ds-alert";
  told.dataset.color = "danger";
  told.dataset.size = "sm";
  told.textContent = region.dataset.trouble;
  region.replaceChildren(told);
  told.scrollIntoView({ block: "center" });
};
document.addEventListener("htmx:responseError", tellTrouble);
document.addEventListener("htmx:sendError", tellTrouble);

const focusSummary = (root) => root.querySelector?.("[data-focus-on-load]")?.focus();
focusSummary(document);
document.addEventListener("htmx:load", (event) => focusSummary(event.detail.elt));
