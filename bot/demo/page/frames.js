/** The conversations: one frame for each person and place, kept alive so that drafts stay. */

import { ask, element, eventually } from "./dom.js";

const REST = 60_000;
const GONE = [401, 410];
const NEAR_THE_END = 80;
const ANSWER_WITHIN = 3000;
const DEED = /"kind":"(run_command|send_message|click|select|modal_submit)"/;

export class Frames {
  #stage;
  #on;
  #all = new Map();
  #menus = new WeakMap();
  #loading = new WeakSet();
  #wanted = "";
  current = null;

  constructor(stage, on) {
    this.#stage = stage;
    this.#on = on;
  }

  async show(actor, place, title) {
    const key = (this.#wanted = `${actor}/${place}`);
    let frame = this.#all.get(key);
    if (!frame) {
      frame = element("iframe", { title });
      Object.assign(frame.dataset, { actor, place });
      frame.addEventListener("load", () => this.#dress(frame));
      this.#all.set(key, frame);
      await this.#load(frame);
    }
    if (this.#wanted !== key) return; // somebody switched on while this one was loading
    for (const other of this.#all.values()) other.toggleAttribute("data-shown", other === frame);
    this.current = frame;
    frame.dispatchEvent(new Event("shown"));
    await eventually(() => frame.contentWindow?.simcordPreview?.ready || !frame.isConnected);
  }

  /** Forget all frames: the demo began afresh. */
  clear() {
    for (const frame of this.#all.values()) frame.remove();
    this.#all.clear();
    this.current = null;
  }

  async #load(frame) {
    if (this.#loading.has(frame)) return;
    this.#loading.add(frame);
    const key = `${frame.dataset.actor}/${frame.dataset.place}`;
    try {
      const { src, menu } = await ask("/demo/open", { actor: frame.dataset.actor, place: frame.dataset.place });
      if (this.#all.get(key) !== frame) return;
      this.#menus.set(frame, menu);
      frame.remove(); // a new address behind the # would not load the page again
      frame.src = src;
      this.#stage.append(frame);
    } catch {
      this.#all.delete(key);
      this.#on.failed();
    } finally {
      this.#loading.delete(frame);
    }
  }

  #dress(frame) {
    const page = frame.contentDocument;
    const view = new Timeline(page);
    this.#pace(frame, view);
    const openMenu = (event) => this.#on.menu(event, frame, this.#menus.get(frame));
    page.addEventListener("keydown", holdBack, { capture: true });
    page.addEventListener("pointerdown", () => this.#on.touched());
    page.addEventListener("contextmenu", openMenu);
    page.addEventListener("keydown", (event) => {
      if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) openMenu(event);
    });
  }

  /** A frame asks twice a second what is new. Those that are out of sight ask once a minute, which keeps them alive. */
  #pace(frame, view) {
    const inside = frame.contentWindow;
    const fetchNow = inside.fetch.bind(inside);
    inside.fetch = async (address, options) => {
      if (address === "/api/state" && !frame.hasAttribute("data-shown")) await rest(frame, options?.signal);
      const answer = await fetchNow(address, options);
      if (GONE.includes(answer.status)) void this.#load(frame);
      if (address === "/api/action" && DEED.test(options.body)) {
        void view.follow();
        this.#on.acted();
      }
      return answer;
    };
  }
}

/** SimCord drops what is sent while it is busy with something else, and says nothing: Enter waits until it is not. */
function holdBack(event) {
  const field = event.target;
  const page = field.ownerDocument;
  const sends = event.isTrusted && event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (!sends || !field.closest("#channel-composer") || !isBusy(page)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void eventually(() => !isBusy(page)).then(() => {
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  });
}

function isBusy(page) {
  const { pendingAction, awaitingRevision } = page.defaultView?.simcordPreview ?? {};
  return Boolean(pendingAction) || (awaitingRevision ?? null) !== null;
}

/** Until the frame is shown, or a minute has passed, or nobody waits for the answer any more. */
function rest(frame, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, REST);
    function done() {
      clearTimeout(timer);
      frame.removeEventListener("shown", done);
      resolve();
    }
    frame.addEventListener("shown", done);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      frame.removeEventListener("shown", done);
      reject(signal.reason);
    });
  });
}

/** The messages of a frame: who reads the newest goes on seeing it, also while pictures grow, and who acts is led to it. */
class Timeline {
  #page;
  #timeline;
  #atEnd = true;

  constructor(page) {
    this.#page = page;
    this.#timeline = page.getElementById("channel-timeline");
    this.#timeline.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#timeline;
      this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
    });
    new ResizeObserver(() => this.#atEnd && this.#goToEnd()).observe(page.getElementById("channel-message-list"));
    void eventually(() => this.#isReady).then(() => this.#goToEnd());
  }

  /** After a deed: once its answer is there, show it. A deed that only changes an older message moves nothing. */
  async follow() {
    const before = this.#newest;
    if (await eventually(() => this.#newest !== before && this.#isReady, ANSWER_WITHIN)) this.#goToEnd();
  }

  get #isReady() {
    return this.#page.defaultView?.simcordPreview?.ready;
  }

  get #newest() {
    return [...this.#page.querySelectorAll(".channel-message")].at(-1)?.dataset.messageId;
  }

  #goToEnd() {
    this.#timeline.scrollTop = this.#timeline.scrollHeight;
  }
}
