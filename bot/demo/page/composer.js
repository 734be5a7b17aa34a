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
  return closeOptions(page);
}

/** Focus what is being written: the message field, or the command in it. */
export function focusComposer(frame) {
  frame.focus();
  frame.contentDocument.querySelector(".command-chip, #channel-composer-input")?.focus();
}

/** Focus the newest button with this label. */
export async function findButton(frame, label) {
  const page = frame.contentDocument;
  const button = [...page.querySelectorAll(".component-button")].filter((each) => each.textContent.trim().endsWith(label)).at(-1);
  if (!button) return false;
  const timeline = page.getElementById("channel-timeline");
  const middle = timeline.getBoundingClientRect();
  timeline.scrollTop += button.getBoundingClientRect().top - middle.top - middle.height / 2;
  frame.focus();
  button.focus({ preventScroll: true });
  return true;
}

/** Choosing a command opens the list of its options; there, Enter would choose one instead of sending. */
function closeOptions(page) {
  const chip = page.querySelector(".command-chip");
  chip?.focus();
  chip?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  return Boolean(chip);
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
