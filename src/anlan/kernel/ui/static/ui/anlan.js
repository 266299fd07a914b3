// What pages need beyond HTML and htmx. Everything works without these files, only less comfortably.
// Each file stands alone (no imports: the names of static files carry the digest of their content);
// they meet in events on the body: ``anlan:alert`` {text, tone} shows a message.

/** Show a message above the content, as the server's own messages look. */
function alertUser(text, tone = "red") {
  const place = document.getElementById("alerts");
  if (!place) return;
  const note = document.createElement("div");
  note.className = `note note-${tone}`;
  note.setAttribute("role", "alert");
  const words = document.createElement("div");
  words.className = "keep-lines";
  words.textContent = text;
  note.append(words);
  place.replaceChildren(note);
  note.scrollIntoView({ block: "nearest" });
}

function refusals() {
  document.body.addEventListener("anlan:refused", (event) => {
    event.target.dataset.refused = "";
    alertUser(event.detail.message, event.detail.status === 409 ? "orange" : "red");
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    const xhr = event.detail.xhr;
    if (xhr.getResponseHeader("HX-Trigger") || xhr.getResponseHeader("HX-Redirect")) return;
    alertUser("服务器没有办成这次操作，页面内容未变。请稍后重试；若仍然出错，请告知系统管理员。");
  });
  document.body.addEventListener("htmx:sendError", () =>
    alertUser("与服务器的连接中断，这次操作没有送达。请检查网络后重试，已填写的内容仍在页面上。"),
  );
}

function menus() {
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

function backLinks() {
  for (const link of document.querySelectorAll("[data-back]")) {
    link.hidden = history.length < 2;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      history.back();
    });
  }
}

// A list's filters apply when one is chosen; the button is for those without JavaScript.
function filters() {
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form && event.target.matches("select, input[type=date], input[type=checkbox]")) {
      form.requestSubmit();
    }
  });
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches("form[data-auto]")) return;
    const given = event.detail.formData;
    for (const name of new Set(given.keys())) if (given.get(name) === "") given.delete(name);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
}

// A browser cuts what is pasted beyond a field's limit without a word: say so.
function limits() {
  document.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea[maxlength]")) return;
    const full = target.value.length >= target.maxLength;
    let said = target.nextElementSibling?.matches("[data-full]") ? target.nextElementSibling : null;
    if (!said && full) {
      said = document.createElement("p");
      said.className = "form-hint";
      said.dataset.full = "";
      said.setAttribute("role", "status");
      said.textContent = `已满 ${target.maxLength} 字，超出的文字没有填入，请精简。`;
      target.after(said);
    }
    if (said) said.hidden = !full;
  });
}

document.body.addEventListener("anlan:alert", (event) => alertUser(event.detail.text, event.detail.tone));
refusals();
menus();
backLinks();
filters();
limits();
for (const tab of document.querySelectorAll(".tabs [aria-current]")) tab.parentElement.scrollLeft = tab.offsetLeft - 60;
document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest" }); // the side bar may be longer than the screen
document.querySelector("[data-focus]")?.focus();
document.documentElement.dataset.ready = "";
