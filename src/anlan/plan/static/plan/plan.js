// Choosing all of a group of boxes, or none.
function boxes(button) {
  return [...button.closest("form").querySelectorAll(`input[name="${button.dataset.choose}"]`)];
}

function say(button) {
  button.textContent = boxes(button).every((box) => box.checked) ? "全不选" : "全选";
}

for (const button of document.querySelectorAll("[data-choose]")) {
  button.hidden = boxes(button).length < 2;
  say(button);
  button.addEventListener("click", () => {
    const all = boxes(button).every((box) => box.checked);
    for (const box of boxes(button)) box.checked = !all;
    say(button);
    button.form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  button.form.addEventListener("change", () => say(button));
}
