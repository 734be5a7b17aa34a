/** Types commands into a frame's message field, the way a visitor would: through what the frame shows. */

import { eventually } from "./dom.js";

/** `/fact search:words`: choose the command, fill in its options, leave the sending to the visitor. */
export async function typeCommand(frame, text, commands) {
  const page = frame.contentDocument;
  page.querySelector(".command-context-close")?.click();
  const field = await eventually(() => page.querySelector("#channel-composer-input"));
  if (!field || field.closest("[hidden]")) return false;
  const { name, options } = readCommand(text, commands);
  enter(field, `/${name}`);
  field.focus();
  const entry = await eventually(() => [...page.querySelectorAll(".command-entry")].find((each) => each.querySelector("strong")?.textContent === `/${name}`));
  if (!entry) return false;
  entry.click();
  for (const [option, value] of options) {
    if (!(await fill(page, option, value))) return false;
  }
  const chip = await eventually(() => page.querySelector(".command-chip"));
  if (!chip) return false;
  chip.focus();
  escapeFrom(chip);
  return true;
}

/** What `/name option:value …` says; null unless it begins with one of `commands` and goes on with options only. */
export function readCommand(text, commands) {
  const said = text.trim();
  const names = commands.filter((each) => said === `/${each}` || said.startsWith(`/${each} `));
  const name = names.sort((a, b) => b.length - a.length)[0];
  if (!name) return null;
  const rest = said.slice(name.length + 1);
  const options = [...rest.matchAll(/ +([\w-]+):\s*(.*?)(?= +[\w-]+:|$)/gs)].map(([, option, value]) => [option, value]);
  return rest && !/^ +[\w-]+:/.test(rest) ? null : { name, options };
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

export function enter(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Close the list that is open at a field of the composer. */
export function escapeFrom(field) {
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
}

export const holdsFocus = (frame) => frame.ownerDocument.activeElement === frame;

async function fill(page, option, value) {
  const input = () => page.querySelector(`.command-option-input[data-option="${option}"]`);
  if (!input()) {
    page.querySelector(".command-ghost")?.click();
    const choice = await eventually(() => page.querySelector(`.command-suggestion[data-value="${option}"]`), 2000);
    choice?.click();
  }
  const field = await eventually(input, 2000);
  if (!field) return false;
  enter(field, value);
  const match = await eventually(() => page.querySelector(`.command-suggestion[data-value="${CSS.escape(value.toLowerCase())}"]`), 300);
  match?.click();
  return true;
}
