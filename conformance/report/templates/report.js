"use strict";
// Everything can be read without this script: it filters the cases, opens what a link leads to, and copies commands.
const cases = [...document.querySelectorAll("details.case")];
const filter = document.getElementById("filter");
const boxes = [...filter.querySelectorAll("input")];

function apply() {
  const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  for (const one of cases) one.hidden = !wanted.has(one.dataset.status);
  const shown = cases.filter((one) => !one.hidden).length;
  filter.querySelector("output").value = `${shown} of ${cases.length} cases`;
}

function reveal(fragment) {
  const target = document.getElementById(fragment.slice(1));
  if (!target) return;
  if (target.closest("[hidden]")) {
    for (const box of boxes) box.checked = true;
    apply();
  }
  for (let around = target; around; around = around.parentElement) {
    if (around.localName === "details") around.open = true;
  }
  target.scrollIntoView();
}

function addCopyButton(command) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.querySelector("code").textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(command.querySelector("code"));
      button.textContent = "Selected";
    }
  });
  command.append(button);
}

filter.addEventListener("change", apply);
addEventListener("hashchange", () => reveal(location.hash));
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && link.hash === location.hash) reveal(link.hash);
});
addEventListener("beforeprint", () => {
  for (const one of cases) if (one.dataset.status !== "passed") one.open = true;
});

document.querySelectorAll("pre.command").forEach(addCopyButton);
filter.hidden = boxes.length < 2;
apply();
reveal(location.hash);
