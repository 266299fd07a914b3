// <details data-dialog>: with JavaScript its body opens as a modal dialog.
function dialogs() {
  document.addEventListener("click", (event) => {
    const summary = event.target.closest("details[data-dialog] > summary");
    if (summary) {
      event.preventDefault();
      open(summary.parentElement);
      return;
    }
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    if (event.target instanceof HTMLDialogElement && outside(event)) event.target.close();
  });
}

function open(details) {
  const body = details.querySelector(":scope > .dialog-body");
  if (!body) return;
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const title = body.querySelector(".dialog-title");
  if (title) dialog.setAttribute("aria-label", title.textContent.trim());
  dialog.append(...body.childNodes);
  dialog.addEventListener("close", () => {
    body.append(...dialog.childNodes);
    dialog.remove();
    details.querySelector("summary").focus();
  });
  details.after(dialog);
  dialog.showModal();
  (dialog.querySelector("textarea, input:not([type=hidden]), select") ?? dialog.querySelector("button")).focus();
}

function outside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right ||
    event.clientY < box.top || event.clientY > box.bottom;
}

dialogs();
