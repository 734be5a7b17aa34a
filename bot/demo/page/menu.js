/** The bot's commands on a message, which Discord shows in its context menu and SimCord's page leaves out. */

import { ask, element } from "./dom.js";

const EDGE = 8;

export class MessageMenu {
  #list = element("ul", { className: "menu", role: "menu", hidden: true });
  #chosen;
  #back = null;

  constructor(page, chosen) {
    this.#chosen = chosen;
    this.#list.setAttribute("aria-label", "Commands for this message");
    page.append(this.#list);
    this.#list.addEventListener("keydown", (event) => this.#move(event));
    document.addEventListener("pointerdown", (event) => {
      if (!this.#list.contains(event.target)) this.close();
    });
  }

  /** The menu of the message under `event`. Where the bot has no commands, the browser shows its own. */
  open(event, frame, commands) {
    const message = event.target.closest?.(".channel-message");
    if (!message || !commands.length) return;
    event.preventDefault();
    this.#back = { frame, target: event.target };
    this.#list.replaceChildren(...commands.map((command) => this.#item(command, frame, message.dataset.messageId)));
    this.#list.hidden = false;
    this.#place(event, frame, message);
    this.#list.querySelector("button").focus();
  }

  close() {
    this.#list.hidden = true;
  }

  #item(command, frame, message) {
    const item = element("button", { type: "button", role: "menuitem" }, command);
    item.addEventListener("click", async () => {
      this.#leave();
      const { actor, place } = frame.dataset;
      await ask("/demo/menu", { actor, place, message, command });
      this.#chosen();
    });
    return element("li", { role: "none" }, item);
  }

  /** Beside the pointer, or beside the message when a key opened it; always inside the window. */
  #place(event, frame, message) {
    const outside = frame.getBoundingClientRect();
    const row = message.getBoundingClientRect();
    const byPointer = event.type === "contextmenu" && event.clientX + event.clientY > 0;
    const x = outside.left + (byPointer ? event.clientX : row.left + 72);
    const y = outside.top + (byPointer ? event.clientY : Math.max(row.top, 0) + 24);
    const { offsetWidth: width, offsetHeight: height } = this.#list;
    this.#list.style.left = `${Math.min(x, innerWidth - width - EDGE)}px`;
    this.#list.style.top = `${Math.min(y, innerHeight - height - EDGE)}px`;
  }

  #move(event) {
    const items = [...this.#list.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
    else if (event.key === "Escape" || event.key === "Tab") this.#leave();
    else return;
    event.preventDefault();
  }

  /** Close, and give the focus back to where it was in the frame. */
  #leave() {
    this.close();
    this.#back?.frame.focus();
    this.#back?.target.focus?.();
  }
}
