// The checking list by keyboard, and how many points are chosen.
const list = () => document.getElementById("points");
const rows = () => [...(list()?.querySelectorAll(".point") ?? [])];
let place = -1; // the row that was current, so that the next one is current after it has gone

function count() {
  const said = list()?.querySelector("[data-chosen]");
  if (!said) return;
  const chosen = list().querySelectorAll("input[name=points]:checked").length;
  said.textContent = chosen ? `已勾选 ${chosen} 条。` : "先勾选下面的事项，再选择怎样处理。";
  for (const button of list().querySelectorAll("[data-choose-group]")) button.hidden = false;
}

function current() {
  return document.activeElement?.closest(".point") ?? null;
}

function go(step) {
  const all = rows();
  const at = all.indexOf(current());
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? Math.max(0, place) : at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  n: () => list().querySelector("input[name=note]")?.focus(),
  x: () => current()?.querySelector("input[name=points]")?.click(),
  a: () => current()?.querySelector("[data-accept]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (!list() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("dialog, textarea, select, input:not([type=checkbox])")) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("input[name=points]")) count();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose-group]");
  if (!button) return;
  const boxes = [...button.closest(".points").querySelectorAll("input[name=points]")];
  const all = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !all;
  count();
});
document.addEventListener("focusin", () => {
  const at = rows().indexOf(current());
  if (at >= 0) place = at;
});
document.body.addEventListener("htmx:afterSettle", () => {
  count();
  const wrong = document.querySelector("#alerts .note-red");
  if (wrong) wrong.scrollIntoView({ block: "center" });
  else if (place >= 0) rows()[Math.min(place, rows().length - 1)]?.focus({ preventScroll: true });
});
count();
