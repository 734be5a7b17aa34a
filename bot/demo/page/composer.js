/** Types commands into a frame's message field, the way a visitor would: through what the frame shows. */

import { eventually } from "./dom.js";

/** `/fact search:words`: choose the command, fill in its options, leave the sending to the visitor. */
export async function typeCommand(frame, text) {
  const page = frame.contentDocument;
  page.querySelector(".command-context-close")?.click();
  const field = await eventually(() => page.querySelector("#channel-composer-input"));
  if (!field || field.closest("[hidden]")) return false;
  const { name, options } = parse(text);
  enter(field, `/${name}`);
  field.focus();
  const entry = await eventually(() => [...page.querySelectorAll(".command-entry")].find((each) => each.querySelector("strong")?.textContent === `/${name}`));
  if (!entry) return false;
  entry.click();
  for (const [option, value] of options) {
    if (!(await fill(page, option, value))) return false;
  }
  page.querySelector(".command-chip")?.focus();
  return true;
}

/** Focus the newest button with this label. */
export async function findButton(frame, label) {
  const page = frame.contentDocument;
  const button = [...page.querySelectorAll(".component-button")].filter((each) => each.textContent.trim().endsWith(label)).at(-1);
  if (!button) return false;
  button.scrollIntoView({ block: "center" });
  frame.focus();
  button.focus();
  return true;
}

function parse(text) {
  const words = text.slice(1).split(" ");
  const options = words.filter((word) => word.includes(":")).map((word) => word.split(":"));
  return { name: words.filter((word) => !word.includes(":")).join(" "), options };
}

async function fill(page, option, value) {
  const input = () => page.querySelector(`.command-option-input[data-option="${option}"]`);
  if (!input()) {
    page.querySelector(".command-ghost")?.click();
    const choice = await eventually(() => page.querySelector(`.command-suggestion[data-value="${option}"]`));
    choice?.click();
  }
  const field = await eventually(input);
  if (!field) return false;
  enter(field, value);
  const match = await eventually(() => page.querySelector(`.command-suggestion[data-value="${value.toLowerCase()}"]`), 300);
  match?.click();
  return true;
}

function enter(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
