"use strict";
// Everything can be read without this script. It makes what filters and searches the cases, what copies a command and
// what switches the colours, and it opens what a link leads to.
const cases = [...document.querySelectorAll("details.case")];
const groups = [...document.querySelectorAll(".group")];
const STATUSES = ["failed", "error", "warned", "skipped", "passed"];
const statusOf = (one) => STATUSES.find((status) => one.classList.contains(status));

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

const said = make("div", { className: "unseen" });
said.setAttribute("role", "status");

function lawsOf(one) {
  const first = one.closest(".group").dataset.law;
  return [first, ...(one.dataset.law ?? "").split(" ")].filter(Boolean);
}

const facts = new Map(cases.map((one) => [one, {
  status: statusOf(one),
  level: one.dataset.level ?? one.closest(".group").dataset.level ?? "",
  laws: lawsOf(one),
  scenario: one.querySelector(".inside").dataset.scenario ?? "no scenario",
  text: null,
}]));

function textOf(one) {
  const fact = facts.get(one);
  fact.text ??= `${one.closest(".group").querySelector("h3").textContent} ${fact.laws.join(" ")} ${one.textContent}`.toLowerCase();
  return fact.text;
}

function select(label, values) {
  const options = [...new Set(values)].map((value) => make("option", { value, textContent: value }));
  const element = make("select", { name: label.toLowerCase() }, make("option", { value: "", textContent: "all" }), ...options);
  element.autocomplete = "off";
  return [element, make("label", { className: "field" }, label, element)];
}

function checkbox(status) {
  const box = make("input", { type: "checkbox", value: status, checked: true, autocomplete: "off" });
  const count = cases.filter((one) => facts.get(one).status === status).length;
  return [box, make("label", {}, box, make("b", { className: `status ${status}`, textContent: status }), ` ${count}`)];
}

const all = [...facts.values()];
const boxes = STATUSES.filter((status) => all.some((fact) => fact.status === status)).map(checkbox);
const search = make("input", { type: "search", name: "search", autocomplete: "off", spellcheck: false });
const [level, levelField] = select("Level", all.map((fact) => fact.level));
const [law, lawField] = select("Requirement", all.flatMap((fact) => fact.laws).sort());
const [scenario, scenarioField] = select("Scenario", all.map((fact) => fact.scenario));
const shown = make("output");

function fits(one, words) {
  const fact = facts.get(one);
  return (
    boxes.some(([box]) => box.checked && box.value === fact.status) &&
    (!level.value || level.value === fact.level) &&
    (!law.value || fact.laws.includes(law.value)) &&
    (!scenario.value || scenario.value === fact.scenario) &&
    words.every((word) => textOf(one).includes(word))
  );
}

function apply() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of cases) one.hidden = !fits(one, words);
  for (const group of groups) group.hidden = !group.querySelector("details.case:not([hidden])");
  shown.value = `${cases.filter((one) => !one.hidden).length} of ${cases.length} cases`;
}

function reset() {
  for (const [box] of boxes) box.checked = true;
  for (const field of [search, level, law, scenario]) field.value = "";
  apply();
}

function button(text, act) {
  const element = make("button", { type: "button", textContent: text });
  element.addEventListener("click", () => act(element));
  return element;
}

function open(wanted) {
  for (const one of cases) if (!one.hidden) one.open = wanted;
}

function makeFilter() {
  const fieldset = make("fieldset", {}, make("legend", { textContent: "Status" }), ...boxes.map(([, label]) => label));
  const foot = make(
    "div", { className: "foot" }, shown,
    button("Open all", () => open(true)), button("Close all", () => open(false)), button("Show everything", reset),
  );
  const searchField = make("label", { className: "field" }, "Search", search);
  const filter = make("div", { className: "filter" }, fieldset, searchField, levelField, lawField, scenarioField, foot);
  filter.setAttribute("role", "search");
  filter.setAttribute("aria-label", "Cases");
  filter.addEventListener("input", apply);
  document.querySelector(".group")?.before(filter);
}

function reveal(fragment) {
  const target = document.getElementById(fragment.slice(1));
  if (!target) return;
  if (target.closest("[hidden]")) reset();
  for (let around = target; around; around = around.parentElement) {
    if (around.localName === "details") around.open = true;
  }
  (target.closest(".inside") === target ? target.parentElement : target).scrollIntoView();
}

function addCopyButton(command) {
  const line = command.querySelector("pre") ?? command;
  const text = line.textContent;
  const copy = button("Copy", async (element) => {
    try {
      await navigator.clipboard.writeText(text);
      element.textContent = said.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(line);
      element.textContent = said.textContent = "Selected";
    }
    setTimeout(() => { element.textContent = "Copy"; said.textContent = ""; }, 2000);
  });
  command.append(copy);
}

function addSchemeButton() {
  const root = document.documentElement;
  const isDark = () => (root.dataset.scheme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => (isDark() ? "Light colours" : "Dark colours");
  const element = button(name(), () => {
    root.dataset.scheme = isDark() ? "light" : "dark";
    element.textContent = name();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { element.textContent = name(); });
  document.querySelector(".verdict").append(element);
}

addEventListener("hashchange", () => reveal(location.hash));
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && link.hash === location.hash) reveal(link.hash);
});
addEventListener("beforeprint", () => {
  for (const one of cases) if (facts.get(one).status !== "passed") one.open = true;
});

document.querySelectorAll(".command").forEach(addCopyButton);
addSchemeButton();
document.body.append(said);
if (cases.length) makeFilter();
apply();
reveal(location.hash);
