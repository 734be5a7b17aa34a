/** The demo's date: what it is, and going to another one. */

import { ask } from "./dom.js";

const $ = (id) => document.getElementById(id);

export class Clock {
  #on;
  #now = null;
  #zone = "";
  #firstDay = "";
  #shown = "";
  /** While this page makes the demo begin afresh, it needs no explanation. */
  beginsAfresh = false;

  /** `on` has `refresh()`, `say(words)`, and `ends()`, called before everything begins afresh. */
  constructor(on) {
    this.#on = on;
    for (const button of document.querySelectorAll("[data-to]")) button.addEventListener("click", () => void this.#move(button.dataset.to));
    $("clock").addEventListener("submit", (event) => {
      event.preventDefault();
      if ($("day").value) void this.#move($("day").value);
    });
    for (const button of $("afresh").querySelectorAll("button")) button.addEventListener("click", () => $("afresh").close(button.value));
  }

  draw({ now, zone, firstDay, next }) {
    this.#now = new Date(now);
    this.#zone = zone;
    this.#firstDay = $("day").min = firstDay;
    $("now").dateTime = now;
    $("now-day").textContent = this.#write({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
    $("here-date").textContent = $("now-brief").textContent = this.#write({ day: "numeric", month: "short", year: "numeric" });
    $("now-hour").textContent = `${this.#write({ hour: "2-digit", minute: "2-digit" })} in Nairobi`;
    const button = document.querySelector('[data-to="next-anniversary"]');
    $("next").hidden = button.hidden = !next;
    $("next").textContent = button.title = next && `Next anniversary: ${next}`;
    if (this.#shown !== this.#today) $("day").value = this.#shown = this.#today;
  }

  get #today() {
    return new Intl.DateTimeFormat("sv", { timeZone: this.#zone }).format(this.#now);
  }

  #write(options) {
    return new Intl.DateTimeFormat("en-GB", { timeZone: this.#zone, ...options }).format(this.#now);
  }

  async #move(where) {
    const afresh = where >= this.#firstDay && where < this.#today;
    if (afresh && !(await confirmed())) {
      $("day").value = this.#today;
      return;
    }
    const controls = $("clock").querySelectorAll("button, input");
    const back = document.activeElement;
    document.body.setAttribute("aria-busy", "true");
    for (const control of controls) control.disabled = true;
    this.beginsAfresh = afresh;
    if (afresh) this.#on.ends();
    try {
      const { notice } = await ask("/demo/date", { to: where });
      await this.#on.refresh();
      this.#on.say(notice);
    } catch (problem) {
      this.#on.say(problem.message);
    } finally {
      this.beginsAfresh = false;
      for (const control of controls) control.disabled = false;
      document.body.removeAttribute("aria-busy");
      back?.focus();
    }
  }
}

/** Whether the visitor wants to lose what was done so far. Escape says no. */
function confirmed() {
  const dialog = $("afresh");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}
