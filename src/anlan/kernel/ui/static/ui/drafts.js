// <form data-draft="duty-12-report">: what is typed is kept in this browser, per person and form,
// until it was accepted; and leaving the page with unsaved words asks first.
const DAYS = 14;
const SKIP = new Set(["password", "file", "hidden", "submit", "button"]);

function drafts() {
  sweep();
  document.querySelectorAll("form[data-draft]").forEach(follow);
  document.body.addEventListener("htmx:load", (event) =>
    event.target.querySelectorAll?.("form[data-draft]").forEach(follow));
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]:not([data-sent])")) event.preventDefault();
  });
}

function follow(form) {
  if (form.dataset.followed !== undefined) return;
  form.dataset.followed = "";
  const key = keyOf(form);
  const kept = read(key);
  // A page with errors comes back with what was typed; then the server's copy is the newer one.
  const answered = form.querySelector(".field-wrong, .form-summary");
  if (kept && !answered && !same(kept.values, values(form))) offer(form, key, kept);
  if (answered) form.dataset.dirty = "";
  form.addEventListener("input", () => {
    form.dataset.dirty = "";
    write(key, { at: Date.now(), values: values(form) });
  });
  // Sent is not yet accepted: the draft goes only when the next page says so.
  form.addEventListener("submit", () => sessionStorage.setItem("anlan:sent", key));
  form.addEventListener("reset", () => forget(form, key));
}

function keyOf(form) {
  return `anlan:draft:${document.body.dataset.user}:${form.dataset.draft}`;
}

function values(form) {
  const kept = {};
  for (const field of form.elements) {
    if (!field.name || SKIP.has(field.type)) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      (kept[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    } else if (field.multiple) {
      kept[field.name] = [...field.selectedOptions].map((option) => option.value);
    } else kept[field.name] = field.value;
  }
  return kept;
}

function restore(form, kept) {
  for (const field of form.elements) {
    const value = kept[field.name];
    if (value === undefined || SKIP.has(field.type)) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = value.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  form.dataset.dirty = "";
}

function offer(form, key, kept) {
  const note = document.createElement("div");
  note.className = "note note-blue draft-note";
  const words = document.createElement("div");
  words.textContent = `有一份 ${stamp(kept.at)} 未提交的草稿。`;
  note.append(words, button("恢复草稿", () => { restore(form, kept.values); note.remove(); }),
    button("不要了", () => { forget(form, key); note.remove(); }));
  form.prepend(note);
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function stamp(at) {
  return new Date(at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // a draft that cannot be read is no draft
  }
}

function write(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // The browser's store is full or closed: typing goes on, only without a draft.
  }
}

function forget(form, key) {
  localStorage.removeItem(key);
  delete form.dataset.dirty;
}

// The form that was sent is gone from this page: accepted. Old drafts go after two weeks.
function sweep() {
  const sent = sessionStorage.getItem("anlan:sent");
  sessionStorage.removeItem("anlan:sent");
  if (sent && ![...document.querySelectorAll("form[data-draft]")].some((form) => keyOf(form) === sent)) {
    const refused = document.querySelector(".refusal, .plain");
    if (!refused) localStorage.removeItem(sent);
  }
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith("anlan:draft:")) continue;
    if ((read(key)?.at ?? 0) < Date.now() - DAYS * 86400000) localStorage.removeItem(key);
  }
}

drafts();
