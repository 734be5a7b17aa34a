/** The page round the frames: who you are, where you are, what day it is, and what there is to try. */

import { Frames } from "./frames.js";
import { Clock } from "./clock.js";
import { findButton, focusComposer, readCommand, typeCommand } from "./composer.js";
import { MessageMenu } from "./menu.js";
import { ask, element, icon } from "./dom.js";

const PARTS = { chat: "stage", channels: "places", tries: "tries-panel", date: "clock" };
const $ = (id) => document.getElementById(id);
const INTERVAL = 1000;
const NOTICE_LASTS = 12_000;

/** What the server last told, who we are and where, and the newest post that each actor has seen of each place. */
let world = null;
let actor = "";
let place = "";
const seen = new Map();
let noticeTimer = 0;

const menu = new MessageMenu(document.body, () => void refresh());
const frames = new Frames($("frames"), {
  menu: (...how) => menu.open(...how),
  failed: () => void show(actor, "general"),
  touched: () => menu.close(),
  acted: () => hush(),
  refused: (words) => say(words),
  isCommand: (words) => words.startsWith("/") && readCommand(words, world.commands) !== null,
  command: (words) => void type(words, "That is a command."),
});
const clock = new Clock({ refresh, say, ends: () => frames.clear() });
const narrow = matchMedia("(max-width: 959px)");

const labelOf = (key) => (key === "dm" ? "Uplift" : `#${key}`);
const nameOf = (key) => world.actors.find((each) => each.key === key).name;
const visible = (key) => key in world.sees[actor];

async function refresh() {
  let told;
  try {
    told = await ask("/demo/state");
  } catch {
    say("The demo does not answer. If it was ended, start it again with: make demo", { stays: true });
    return;
  }
  if ($("notice").dataset.stays) hush();
  const afresh = world && world.run !== told.run;
  const first = !world;
  world = told;
  if (afresh) {
    frames.clear();
    seen.clear();
  }
  if (first) introduce();
  if (first || afresh) {
    for (const [who, places] of Object.entries(world.sees)) {
      for (const [where, newest] of Object.entries(places)) seen.set(`${who}/${where}`, newest.id ?? "");
    }
    await follow();
  }
  if (afresh && !clock.beginsAfresh) say("An earlier day was chosen in another window, so the demo began afresh.");
  noticePosts();
  draw();
}

/** Draw once what never changes. */
function introduce() {
  $("guild").textContent = world.guild;
  $("rail-guild").setAttribute("aria-label", world.guild);
  $("disclaimer").textContent = world.disclaimer;
  for (const each of world.actors) {
    const input = element("input", { type: "radio", name: "actor", value: each.key });
    input.addEventListener("change", () => void show(each.key, place));
    const face = element("img", { src: `/demo/faces/${each.key}.png`, alt: "", width: 40, height: 40 });
    $("actors").append(element("label", { className: "actor" }, input, face, element("strong", {}, each.name), element("span", {}, each.role)));
  }
}

/** Go where the address says: `#amina/general`. Two tabs can so be two people, and a reload stays where it was. */
async function follow() {
  const [who, where] = location.hash.slice(1).split("/");
  const known = world.actors.some((each) => each.key === who) ? who : world.actors[0].key;
  await show(known, where || "general");
}

async function show(who, where) {
  if (actor) markSeen(frames.newest);
  const leaves = where in world.sees[who] ? "" : where;
  actor = who;
  place = leaves ? "general" : where;
  const address = `#${actor}/${place}`;
  if (location.hash !== address) history.replaceState(null, "", address);
  menu.close();
  hush();
  draw();
  const label = `${labelOf(place)}, seen by ${nameOf(actor)}`;
  const { kind } = world.places.find((each) => each.key === place);
  if (leaves && world.places.some((each) => each.key === leaves)) say(`${nameOf(actor)} can’t see ${labelOf(leaves)}, so this is ${labelOf(place)}.`);
  await frames.show(actor, { key: place, kind, label: labelOf(place) }, label);
  document.title = `${labelOf(place)} · Uplift demo`;
  noticePosts();
  draw();
}

/** Mark what is new elsewhere as unread, and tell it to those who can't see the mark. */
function noticePosts() {
  const news = [];
  for (const [where, newest] of Object.entries(world.sees[actor])) {
    const key = `${actor}/${where}`;
    if (where === place) markSeen(newest.id);
    else if (isUnread(where) && seen.get(`${key}/told`) !== newest.id) {
      seen.set(`${key}/told`, newest.id);
      news.push(`${newest.by} wrote in ${labelOf(where)}.`);
    }
  }
  if (news.length) $("news").textContent = news.join(" ");
}

/** The message `id` of this place is read. Discord counts its ids up. */
function markSeen(id) {
  const key = `${actor}/${place}`;
  if (id && BigInt(id) > BigInt(seen.get(key) || 0)) seen.set(key, id);
}

function isUnread(where) {
  const newest = world.sees[actor][where];
  return Boolean(newest?.id) && !newest.own && BigInt(newest.id) > BigInt(seen.get(`${actor}/${where}`) || 0);
}

function draw() {
  drawPlaces();
  clock.draw(world);
  drawTries();
  for (const input of document.querySelectorAll(".actor input")) input.checked = input.value === actor;
  const me = world.actors.find((each) => each.key === actor);
  $("here-face").src = `/demo/faces/${actor}.png`;
  $("here-face").hidden = false;
  $("here-name").textContent = me.name;
  $("here-place").textContent = `${me.role} · ${labelOf(place)}`;
  $("rail-dm").toggleAttribute("data-current", place === "dm");
  $("rail-guild").toggleAttribute("data-current", place !== "dm");
  $("rail-dm").toggleAttribute("data-unread", visible("dm") && isUnread("dm"));
}

function drawPlaces() {
  const shown = world.places.filter((each) => visible(each.key));
  const signature = shown.map((each) => each.key).join();
  if ($("places").dataset.shows !== signature) {
    $("places").dataset.shows = signature;
    const channels = shown.filter((each) => each.kind !== "dm");
    $("places").replaceChildren(...group("Channels", channels), ...group("Direct messages", shown.filter((each) => each.kind === "dm")));
  }
  for (const button of $("places").querySelectorAll("button")) {
    const where = button.dataset.place;
    button.setAttribute("aria-current", where === place ? "page" : "false");
    button.toggleAttribute("data-unread", where !== place && isUnread(where));
    button.querySelector(".unseen").textContent = where !== place && isUnread(where) ? "unread" : "";
  }
}

function group(title, places) {
  const list = element("ul", {});
  for (const each of places) {
    const sign = each.kind === "dm" ? element("img", { src: "/demo/faces/bot.png", alt: "", width: 24, height: 24 }) : icon(each.kind);
    const name = element("span", { className: "name" }, each.kind === "dm" ? "Uplift" : each.key);
    const button = element("button", { type: "button" }, sign, name, element("span", { className: "unseen" }));
    button.dataset.place = each.key;
    button.addEventListener("click", async (event) => {
      const byKey = event.detail === 0;
      await show(actor, each.key);
      look("chat");
      if (byKey || !narrow.matches) focusComposer(frames.current); // a finger would bring up the keyboard
    });
    list.append(element("li", {}, button));
  }
  return [element("h2", {}, title), list];
}

function drawTries() {
  const done = world.tries.filter((each) => each.done).length;
  for (const count of document.querySelectorAll(".count")) count.textContent = `${done} of ${world.tries.length}`;
  const bar = document.querySelector(".tries progress");
  bar.max = world.tries.length;
  bar.value = done;
  const signature = JSON.stringify(world.tries.map((each) => each.key));
  if ($("tries").dataset.shows !== signature) {
    $("tries").dataset.shows = signature;
    $("tries").replaceChildren(...world.tries.map(suggestion));
  }
  world.tries.forEach((each, index) => {
    const item = $("tries").children[index];
    item.toggleAttribute("data-done", each.done);
    item.querySelector(".unseen").textContent = each.done ? "Done: " : "";
  });
}

function suggestion(each) {
  const title = element("h3", {}, element("span", { className: "unseen" }), each.title);
  const body = element("div", {}, title, element("p", {}, each.text));
  const act = each.types || (each.button ? `Find “${each.button}”` : each.actor ? `Be ${nameOf(each.actor)}` : "");
  if (act) {
    const button = element("button", { type: "button", className: each.types ? "command" : "plain" }, act);
    button.addEventListener("click", () => void attempt(each));
    body.append(button);
  }
  const tick = element("span", { className: "tick" }, icon("check"));
  return element("li", {}, tick, body);
}

/** Lead to a suggestion: open its place, and type its command or find its button there. */
async function attempt(each) {
  look("chat");
  if (each.actor || each.place !== place) await show(each.actor || actor, each.place);
  if (each.types) await type(each.types, `${each.types} is typed for you.`);
  else if (each.button && !(await findButton(frames.current, each.button))) {
    say(`There is no “${each.button}” here yet. Try the suggestion above this one first.`);
  }
}

async function type(command, why) {
  const typed = await typeCommand(frames.current, command, world.commands);
  say(typed ? `${why} Press Enter to send it.` : `Type ${command} into the message field.`);
}

function say(words, { stays = false } = {}) {
  clearTimeout(noticeTimer);
  const notice = $("notice");
  notice.hidden = false;
  notice.querySelector("p").textContent = $("news").textContent = words;
  if (stays) notice.dataset.stays = "yes";
  else {
    delete notice.dataset.stays;
    noticeTimer = setTimeout(hush, NOTICE_LASTS);
  }
}

function hush() {
  $("notice").hidden = true;
  $("notice").querySelector("p").textContent = "";
  delete $("notice").dataset.stays;
}

/** On a narrow page one part is seen at a time. */
function look(view) {
  const moved = document.body.dataset.view !== view;
  document.body.dataset.view = view;
  for (const tab of document.querySelectorAll(".tabs button")) tab.setAttribute("aria-pressed", String(tab.dataset.view === view));
  setPanel(false);
  isolate();
  const tab = document.querySelector(`.tabs [data-view="${view}"]`);
  if (moved && !(view === "chat" && document.activeElement === tab)) $(PARTS[view]).focus();
}

/** What a part covers on a narrow page is not to be reached by keyboard. */
function isolate() {
  $("frames").inert = narrow.matches && document.body.dataset.view !== "chat";
}

function setPanel(open) {
  document.body.toggleAttribute("data-panel", open);
  $("tries-toggle").setAttribute("aria-expanded", String(open));
  if (open) $("tries-panel").focus();
}

for (const tab of document.querySelectorAll(".tabs button")) tab.addEventListener("click", () => look(tab.dataset.view));
narrow.addEventListener("change", isolate);
$("notice").querySelector("button").addEventListener("click", hush);
$("tries-toggle").addEventListener("click", () => setPanel(!document.body.hasAttribute("data-panel")));
$("skip").addEventListener("click", () => {
  look("chat");
  focusComposer(frames.current);
});
$("rail-dm").addEventListener("click", () => void show(actor, "dm"));
$("rail-guild").addEventListener("click", () => void show(actor, place === "dm" ? "general" : place));
document.addEventListener("keydown", (event) => {
  const { view, panel } = document.body.dataset;
  if (event.key !== "Escape" || document.querySelector("dialog[open], .menu:not([hidden])")) return;
  if (panel !== undefined) {
    setPanel(false);
    $("tries-toggle").focus();
  } else if (narrow.matches && view !== "chat") {
    look("chat");
    document.querySelector(`.tabs [data-view="${view}"]`).focus();
  }
});
window.addEventListener("hashchange", () => void follow());

async function keepUp() {
  await refresh();
  setTimeout(keepUp, INTERVAL);
}

look("chat");
void keepUp();
