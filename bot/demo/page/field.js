/** A frame's message field, made to behave as Discord's does where SimCord's does not. */

import { enter, escapeFrom, holdsFocus } from "./composer.js";
import { eventually } from "./dom.js";

/** SimCord's placeholder where one may not write, and ours. */
const READ_ONLY = "You can use application commands here";
const ONLY_COMMANDS = "Moderators write here. Commands: type /"; // so short that it fits on a telephone

export class MessageField {
  #frame;
  #page;
  #on;
  #form;
  #text;
  #waiting = [];
  #passing = false;
  #blind = "";
  #owner = "";

  constructor(frame, on) {
    this.#frame = frame;
    this.#page = frame.contentDocument;
    this.#on = on;
    this.#form = this.#page.getElementById("channel-composer");
    this.#text = this.#page.getElementById("channel-composer-input");
    this.#page.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    this.#page.addEventListener("submit", (event) => this.#submit(event), { capture: true });
    this.#form.addEventListener("click", (event) => this.#remember(event), { capture: true });
    this.#form.addEventListener("click", (event) => this.#chosen(event));
    this.#form.addEventListener("focusin", (event) => this.#list(event.target));
    new MutationObserver((records) => this.#changed(records)).observe(this.#form, { childList: true, subtree: true });
    new MutationObserver(() => this.#name()).observe(this.#text, { attributeFilter: ["placeholder"] });
    new MutationObserver(() => this.#comeBack()).observe(this.#page.getElementById("modal-root"), { attributeFilter: ["hidden"] });
    this.#name();
  }

  /** A message is on its way: what is typed from now on is the next one. */
  leaves(words) {
    if (this.#text.value === words) enter(this.#text, "");
  }

  /** It was refused: give it back, before what was typed since. */
  returns(words) {
    enter(this.#text, [words, this.#text.value].filter(Boolean).join("\n"));
  }

  /** A reply was sent. SimCord goes on replying when the field has changed since. */
  async replied() {
    await eventually(() => !isBusy(this.#page));
    if (!this.#page.getElementById("reply-context").hidden) this.#page.getElementById("reply-cancel").click();
  }

  get #row() {
    return this.#form.querySelector(".command-row");
  }

  #name() {
    if (this.#text.placeholder === READ_ONLY) this.#text.placeholder = ONLY_COMMANDS;
  }

  #submit(event) {
    if (event.target !== this.#form || this.#passing || this.#text.dataset.controlKey?.startsWith("edit:")) return;
    const words = this.#text.value;
    const busy = isBusy(this.#page);
    if (this.#row) {
      if (!busy) return;
      void eventually(() => !isBusy(this.#page)).then(() => this.#row && this.#form.requestSubmit());
    } else if (this.#on.isCommand(words)) this.#on.command(words);
    else if (words.trim() && this.#text.placeholder === ONLY_COMMANDS) this.#on.refused("Only moderators write here. Commands work: type /");
    else if (busy && words.trim()) this.#sendLater(words);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** SimCord drops what is sent while it is busy with something else, and says nothing. */
  async #sendLater(words) {
    enter(this.#text, "");
    if (this.#waiting.push(words) > 1) return;
    while (this.#waiting.length && this.#frame.isConnected) {
      if (!(await eventually(() => !isBusy(this.#page) && !this.#row))) continue;
      const typed = this.#text.value;
      this.#passing = true;
      enter(this.#text, this.#waiting.shift());
      this.#form.requestSubmit();
      this.#passing = false;
      enter(this.#text, typed);
    }
  }

  #key(event) {
    const row = this.#row;
    if (!row || !event.isTrusted || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#page.querySelector("#modal-root:not([hidden])")) return;
    const types = event.key.length === 1;
    if (types && pending(this.#page)?.kind === "run_command") this.#blind += event.key;
    else if (event.key === "Enter" && row.contains(event.target) && isBusy(this.#page)) this.#holdBack(event.target);
    else if (event.target.matches(".command-chip") && event.target.getAttribute("aria-expanded") !== "true") {
      const wants = ["ArrowDown", "ArrowUp"].includes(event.key) || (types && event.key !== " ") || (event.key === "Tab" && !event.shiftKey && !row.querySelector(".command-pill"));
      if (!wants || !row.querySelector(".command-ghost")) return;
      event.target.click();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #holdBack(field) {
    void eventually(() => !isBusy(this.#page)).then(() => {
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    });
  }

  /** Which option's list is open, before a choice closes it. */
  #remember() {
    this.#owner = this.#form.querySelector('[aria-controls="command-suggestion-listbox"]')?.dataset.option ?? "";
  }

  /** SimCord opens the list again after a choice, where Enter would choose for ever instead of sending. */
  #chosen({ target }) {
    const choice = target.closest(".command-suggestion");
    if (!choice || choice.querySelector(".command-suggestion-ellipsis") || !this.#row) return;
    const active = this.#page.activeElement;
    if (active?.matches(".command-option-input") && active.dataset.option !== this.#owner) return; // the next that is required
    const field = this.#row.querySelector(`.command-option-input[data-option="${this.#owner}"]`) ?? this.#row.querySelector(".command-chip");
    field.focus();
    escapeFrom(field);
  }

  /** SimCord asks the bot for choices only when something was typed. */
  #list(field) {
    if (!field.matches('.command-option-input[role="combobox"]') || field.value) return;
    const popup = this.#form.querySelector(".command-popup");
    if (popup?.querySelector(".command-empty") && popup.textContent.startsWith("OPTIONS MATCHING")) enter(field, "");
  }

  #changed(records) {
    const added = records.flatMap((record) => [...record.addedNodes]).filter((node) => node.nodeType === Node.ELEMENT_NODE);
    for (const node of added) {
      if (node.matches(".command-row")) this.#closeOptions();
      else if (node === this.#text) this.#comeBack();
      else if (node.querySelector(".command-empty") && this.#isLoading) node.querySelector(".command-empty").textContent = "Looking …";
    }
  }

  get #isLoading() {
    return this.#page.defaultView.simcordPreview.commandPicker.autocomplete.state === "loading";
  }

  /** A command just chosen opens the list of its options; there, Enter would choose one instead of sending. */
  #closeOptions() {
    const chip = this.#row?.querySelector('.command-chip[aria-expanded="true"]');
    if (chip) escapeFrom(chip);
  }

  /** After a command or a form the focus would be nowhere. */
  #comeBack() {
    requestAnimationFrame(() => {
      const { activeElement: active, body } = this.#page;
      const lost = !active || active === body || !active.checkVisibility();
      if (this.#text.isConnected && lost && holdsFocus(this.#frame)) this.#text.focus();
      if (this.#text.isConnected && this.#blind) enter(this.#text, this.#text.value + this.#blind);
      if (this.#text.isConnected) this.#blind = "";
    });
  }
}

function pending(page) {
  return page.defaultView?.simcordPreview?.pendingAction;
}

function isBusy(page) {
  const { pendingAction, awaitingRevision } = page.defaultView?.simcordPreview ?? {};
  return Boolean(pendingAction) || (awaitingRevision ?? null) !== null;
}
