// The queue: choosing all records of the page, or none; a marked one asks for words.
for (const form of document.querySelectorAll("form.queue")) {
  const boxes = [...form.querySelectorAll('input[name="record"]')];
  const button = form.querySelector("[data-choose]");
  const reason = form.elements.reason;
  const all = () => boxes.every((box) => box.checked);
  const say = () => {
    button.textContent = all() ? "全不选" : "全选";
    reason.required = boxes.some((box) => box.checked && "marked" in box.dataset);
  };
  button.hidden = boxes.length < 2;
  button.addEventListener("click", () => {
    const choose = !all();
    for (const box of boxes) box.checked = choose;
    say();
  });
  form.addEventListener("change", say);
  say();
}
