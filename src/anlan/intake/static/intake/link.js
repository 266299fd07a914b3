// Original and reading, linked both ways: what is chosen on one side is shown on the other.
const source = document.querySelector(".side-source");
const read = document.querySelector(".side-read");

function show(item, scroll) {
  for (const old of document.querySelectorAll(".is-shown")) old.classList.remove("is-shown");
  item.classList.add("is-shown");
  const first = Number(item.dataset.first), last = Number(item.dataset.last);
  for (let line = first; line && line <= last; line += 1) {
    document.getElementById(`L${line}`)?.classList.add("is-shown");
  }
  scroll?.scrollIntoView({ block: "center" });
}

function itemOf(line) {
  return [...read.querySelectorAll(".item")].find(
    (item) => Number(item.dataset.first) <= line && line <= Number(item.dataset.last),
  );
}

if (source && read) {
  read.addEventListener("click", (event) => {
    const item = event.target.closest(".item");
    if (!item || event.target.closest("a:not([data-show])")) return;
    if (event.target.closest("a")) event.preventDefault();
    show(item, document.getElementById(`L${item.dataset.first}`));
  });
  source.addEventListener("click", (event) => {
    const line = event.target.closest("li");
    const item = line && itemOf(line.value);
    if (!item) return;
    event.preventDefault();
    show(item, item);
  });
  const asked = document.getElementById(location.hash.slice(1)); // a link from the checking list
  if (asked?.matches("li")) {
    const item = itemOf(asked.value);
    if (item) show(item, item);
    asked.classList.add("is-shown");
    asked.scrollIntoView({ block: "center" });
  } else if (asked?.matches(".item")) show(asked, document.getElementById(`L${asked.dataset.first}`));
}
