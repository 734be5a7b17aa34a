/** The conversations: one frame for each person and place, kept alive so that drafts stay. */

import { ask, element, eventually } from "./dom.js";

const REST = 60_000;
const GONE = [401, 410];
const NEAR_THE_END = 80;

export class Frames {
  #stage;
  #on;
  #all = new Map();
  #menus = new WeakMap();
  current = null;

  constructor(stage, on) {
    this.#stage = stage;
    this.#on = on;
  }

  async show(actor, place, title) {
    const key = `${actor}/${place}`;
    let frame = this.#all.get(key);
    if (!frame) {
      frame = element("iframe", { title });
      Object.assign(frame.dataset, { actor, place });
      frame.addEventListener("load", () => this.#dress(frame));
      this.#all.set(key, frame);
      await this.#load(frame);
    }
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
    try {
      const { src, menu } = await ask("/demo/open", { actor: frame.dataset.actor, place: frame.dataset.place });
      this.#menus.set(frame, menu);
      // A new address behind the # would not load the page again.
      if (frame.isConnected) frame.remove();
      frame.src = src;
      this.#stage.append(frame);
    } catch {
      this.#all.delete(`${frame.dataset.actor}/${frame.dataset.place}`);
      this.#on.failed();
    }
  }

  #dress(frame) {
    this.#pace(frame);
    const page = frame.contentDocument;
    const openMenu = (event) => this.#on.menu(event, frame, this.#menus.get(frame));
    page.addEventListener("contextmenu", openMenu);
    page.addEventListener("keydown", (event) => {
      if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) openMenu(event);
    });
    keepEndInView(page);
  }

  /** A frame asks twice a second what is new. Those that are out of sight ask once a minute, which keeps them alive. */
  #pace(frame) {
    const inside = frame.contentWindow;
    const fetchNow = inside.fetch.bind(inside);
    inside.fetch = async (address, options) => {
      if (address === "/api/state" && !frame.hasAttribute("data-shown")) await rest(frame, options?.signal);
      const answer = await fetchNow(address, options);
      if (GONE.includes(answer.status)) void this.#load(frame);
      return answer;
    };
  }
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

/** Pictures grow while they load; who reads the newest message goes on seeing it. */
function keepEndInView(page) {
  const timeline = page.getElementById("channel-timeline");
  const list = page.getElementById("channel-message-list");
  let atEnd = true;
  timeline.addEventListener("scroll", () => {
    atEnd = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < NEAR_THE_END;
  });
  const goToEnd = () => {
    timeline.scrollTop = timeline.scrollHeight;
  };
  new ResizeObserver(() => atEnd && goToEnd()).observe(list);
  void eventually(() => page.defaultView.simcordPreview?.ready).then(goToEnd);
}
