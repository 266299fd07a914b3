// One press, one submission; and progress while files travel.
const AGAIN_AFTER = 20000;

function submits() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get") return;
    if (form.dataset.sent !== undefined) return event.preventDefault();
    hold(form, event.submitter);
    if (hasFiles(form) && !form.hasAttribute("hx-post") && form.target === "") {
      event.preventDefault();
      upload(form, event.submitter);
    }
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (form) release(form);
  });
  document.body.addEventListener("htmx:xhr:progress", (event) => {
    const form = event.target.closest("form");
    if (form && hasFiles(form)) show(form, event.detail.loaded, event.detail.total);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file][data-upload]")) list(event.target);
  });
}

function hold(form, button) {
  form.dataset.sent = "";
  // Disabled only after the browser has read the form: a disabled button is not sent.
  setTimeout(() => {
    for (const each of buttons(form)) each.disabled = true;
    button?.setAttribute("aria-busy", "true");
  });
  setTimeout(() => release(form), AGAIN_AFTER);
}

function release(form) {
  delete form.dataset.sent;
  for (const each of buttons(form)) {
    each.disabled = false;
    each.removeAttribute("aria-busy");
  }
}

function buttons(form) {
  return [...form.elements].filter((each) => each.type === "submit" && !each.dataset.locked);
}

function hasFiles(form) {
  return [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
}

function list(input) {
  const place = input.closest(".field")?.querySelector("[data-upload-list]");
  if (!place) return;
  place.replaceChildren(...[...input.files].map((file) => {
    const item = document.createElement("div");
    item.className = "upload-item";
    const name = document.createElement("span");
    name.textContent = file.name;
    const size = document.createElement("span");
    size.textContent = sized(file.size);
    item.append(name, size);
    return item;
  }));
  place.hidden = input.files.length === 0;
}

function sized(bytes) {
  if (bytes < 1024) return `${bytes} 字节`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(0)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function show(form, loaded, total) {
  const place = form.querySelector("[data-upload-list]");
  if (!place || !total) return;
  let bar = place.querySelector("progress");
  if (!bar) {
    bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", "上传进度");
    place.append(bar);
    place.hidden = false;
  }
  bar.value = Math.round((loaded / total) * 100);
}

// A plain form with files is sent by hand so that progress can be shown; the answer, a redirect or
// the same page with its errors, then replaces this page exactly as if the browser had sent it.
function upload(form, button) {
  const data = new FormData(form, button);
  const request = new XMLHttpRequest();
  request.upload.onprogress = (event) => show(form, event.loaded, event.total);
  request.onload = () => {
    if (request.status < 400 && request.responseURL !== form.action) {
      form.dispatchEvent(new CustomEvent("anlan:sent", { bubbles: true }));
      location.assign(request.responseURL);
      return;
    }
    release(form);
    replace(request.responseText, request.status);
  };
  request.onerror = () => {
    release(form);
    alertUser("文件没有送达：与服务器的连接中断。请检查网络后再次提交，已填写的内容仍在页面上。");
  };
  request.open("POST", form.action);
  request.setRequestHeader("X-Upload", "1"); // the page behind the redirect keeps its messages
  request.send(data);
}

function replace(html, status) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  const refusal = answer.querySelector(".refusal-text");
  if (refusal) return alertUser(refusal.textContent.trim()); // the form with its words stays here
  const main = answer.getElementById("main");
  const here = document.getElementById("main");
  if (!main || !here) {
    alertUser(status === 413 ? "文件过大，服务器没有接收。请压缩或拆分后重新上传。" : "服务器没有办成这次上传，请稍后重试。");
    return;
  }
  here.replaceChildren(...main.childNodes);
  window.htmx?.process(here);
  here.querySelector("[data-focus]")?.focus();
  scrollTo(0, 0);
}

function alertUser(text) {
  document.body.dispatchEvent(new CustomEvent("anlan:alert", { detail: { text } }));
}

submits();
