/** The bot's commands on a message, which Discord shows in its context menu and SimCord's page leaves out. */

import { ask, element } from "./dom.js";

export class MessageMenu {
  #list = element("ul", { className: "menu", role: "menu", hidden: true });
  #on;
  #back = null;

  constructor(page, on) {
    this.#on = on;
    this.#list.setAttribute("aria-label", "Apps");
    page.append(this.#list);
    this.#list.addEventListener("keydown", (event) => this.#move(event));
    page.addEventListener("pointerdown", (event) => {
      if (!this.#list.contains(event.target)) this.close();
    });
    window.addEventListener("blur", () => this.close({ focus: false }));
  }

  /** Shows the menu for the message under `event`; leaves the browser's own where there is nothing to show. */
  async open(event, frame) {
    const message = event.target.closest?.("[data-message-id]");
    const commands = message ? await known(frame) : [];
    if (!commands.length) return;
    const { actor, place } = frame.dataset;
    this.#back = event.target;
    this.#list.replaceChildren(
      ...commands.map((command) => {
        const item = element("button", { type: "button", role: "menuitem" }, command);
        item.addEventListener("click", async () => {
          this.close();
          await ask("/demo/menu", { actor, place, message: message.dataset.messageId, command });
          this.#on.chosen();
        });
        return element("li", { role: "none" }, item);
      }),
    );
    this.#list.hidden = false;
    this.#put(event, frame, message);
    this.#list.querySelector("button").focus();
  }

  close({ focus = true } = {}) {
    if (this.#list.hidden) return;
    this.#list.hidden = true;
    if (focus) this.#back?.focus?.();
  }
}
