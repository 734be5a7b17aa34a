/** The conversations: one frame for each person and place, kept alive so that drafts stay. */

import { ask, element, eventually, picture } from "./dom.js";
import { MessageField } from "./field.js";

const REST = 60_000;
const GONE = [401, 410];
const NEAR_THE_END = 80;
const ANSWER_WITHIN = 3000;
const EMPTY = "This is where you and Uplift talk alone. Nobody else reads it. Type / to see what it can do.";
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

  /** `place` is `{key, kind, label}`. */
  async show(actor, { key: place, kind, label }, title) {
    const key = (this.#wanted = `${actor}/${place}`);
    this.#stage.ariaBusy = "true";
    let frame = this.#all.get(key);
    if (!frame) {
      frame = element("iframe", { title });
      Object.assign(frame.dataset, { actor, place, kind, label });
      frame.addEventListener("load", () => this.#dress(frame));
      this.#all.set(key, frame);
      await this.#load(frame);
    }
    if (this.#wanted !== key) return; // somebody switched on while this one was loading
    for (const other of this.#all.values()) other.toggleAttribute("data-shown", other === frame);
    this.current = frame;
    frame.dispatchEvent(new Event("shown"));
    await eventually(() => frame.contentWindow?.simcordPreview?.ready || !frame.isConnected);
    if (this.#wanted === key) this.#stage.ariaBusy = "false";
  }

  /** The newest message that is drawn in the frame in front. */
  get newest() {
    return [...(this.current?.contentDocument?.querySelectorAll(".channel-message") ?? [])].at(-1)?.dataset.messageId;
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
    const { kind, label } = frame.dataset;
    page.title = label;
    page.querySelector(".channel-header").prepend(sign(kind));
    if (kind === "dm") page.getElementById("channel-empty").textContent = EMPTY;
    this.#pace(frame, new Timeline(page), new MessageField(frame, this.#on));
    const openMenu = (event) => this.#on.menu(event, frame, this.#menus.get(frame));
    page.addEventListener("pointerdown", () => this.#on.touched());
    page.addEventListener("contextmenu", openMenu);
    page.addEventListener("keydown", (event) => {
      if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) openMenu(event);
    });
  }

  /** A frame asks twice a second what is new. Those that are out of sight ask once a minute, which keeps them alive. */
  #pace(frame, view, field) {
    const inside = frame.contentWindow;
    const fetchNow = inside.fetch.bind(inside);
    inside.fetch = async (address, options) => {
      if (address === "/api/state" && !frame.hasAttribute("data-shown")) await rest(frame, options?.signal);
      const deed = address === "/api/action" && DEED.test(options.body) ? JSON.parse(options.body) : null;
      if (deed?.kind === "send_message") field.leaves(deed.content);
      const answer = await fetchNow(address, options);
      if (GONE.includes(answer.status)) void this.#load(frame);
      if (deed && answer.ok) void this.#tell(deed, await answer.clone().json(), field, view);
      return answer;
    };
  }

  /** What came of a deed, where the frame itself would not say it. */
  #tell(deed, receipt, field, view) {
    const sent = deed.kind === "send_message";
    if (!receipt.rejected) {
      void view.follow();
      if (sent && deed.reply_to_id) void field.replied();
      if (receipt.acknowledgement === "unacknowledged") this.#on.refused("Uplift did not answer. In Discord you would read: The application did not respond.");
      else this.#on.acted();
    } else if (sent) {
      field.returns(deed.content);
      this.#on.refused("Your message was not sent: you may not write here, or not this.");
    } else if (!receipt.diagnostics.some((each) => each.code === "command-option-invalid")) {
      this.#on.refused("That did not work. Try it once more.");
    }
  }
}

function sign(kind) {
  const drawn = element("span", { className: "channel-sign" }, picture(kind === "dm" ? "chat" : kind));
  drawn.setAttribute("aria-hidden", "true");
  return drawn;
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
    if (!(await eventually(() => this.#newest !== before && this.#isReady, ANSWER_WITHIN))) return;
    this.#goToEnd();
    const answer = [...this.#page.querySelectorAll(".channel-message")].at(-1);
    if (answer.offsetHeight > this.#timeline.clientHeight) answer.scrollIntoView({ block: "start" }); // read from its head
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
