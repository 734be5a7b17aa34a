/** The page round the frames: who you are, where you are, what day it is, and what there is to try. */

import { Frames } from "./frames.js";
import { findButton, focusComposer, typeCommand } from "./composer.js";
import { MessageMenu } from "./menu.js";
import { ask, element, icon } from "./dom.js";

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
});

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
  noticePosts();
  draw();
}

/** Draw once what never changes. */
function introduce() {
  $("guild").textContent = world.guild;
  $("rail-guild").setAttribute("aria-label", world.guild);
  $("disclaimer").textContent = world.disclaimer;
  $("day").min = world.firstDay;
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
  actor = who;
  place = where in world.sees[who] ? where : "general";
  const address = `#${actor}/${place}`;
  if (location.hash !== address) history.replaceState(null, "", address);
  menu.close();
  hush();
  draw();
  const label = `${labelOf(place)}, seen by ${nameOf(actor)}`;
  await frames.show(actor, place, label);
  document.title = `${labelOf(place)} · Uplift demo`;
  noticePosts();
  draw();
}

/** Mark what is new elsewhere as unread, and tell it to those who can't see the mark. */
function noticePosts() {
  const news = [];
  for (const [where, newest] of Object.entries(world.sees[actor])) {
    const key = `${actor}/${where}`;
    if (where === place) seen.set(key, newest.id ?? "");
    else if (newest.id && seen.get(key) !== newest.id && seen.get(`${key}/told`) !== newest.id) {
      seen.set(`${key}/told`, newest.id);
      news.push(`${newest.by} wrote in ${labelOf(where)}.`);
    }
  }
  if (news.length) $("news").textContent = news.join(" ");
}

const isUnread = (where) => (world.sees[actor][where]?.id ?? "") !== (seen.get(`${actor}/${where}`) ?? "");

function draw() {
  drawPlaces();
  drawClock();
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
    button.addEventListener("click", async () => {
      await show(actor, each.key);
      look("chat");
    });
    list.append(element("li", {}, button));
  }
  return [element("h2", {}, title), list];
}

function drawClock() {
  const now = new Date(world.now);
  const write = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: world.zone, ...options }).format(now);
  $("now").dateTime = world.now;
  $("now-day").textContent = write({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  $("here-date").textContent = $("now-brief").textContent = write({ day: "numeric", month: "short", year: "numeric" });
  $("now-hour").textContent = `${write({ hour: "2-digit", minute: "2-digit" })} in Nairobi`;
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
  const frame = frames.current;
  if (each.types) {
    const typed = await typeCommand(frame, each.types);
    say(typed ? `${each.types} is typed for you. Press Enter to send it.` : `Type ${each.types} into the message field.`);
  } else if (each.button && !(await findButton(frame, each.button))) {
    say(`There is no “${each.button}” here yet. Try the suggestion above this one first.`);
  }
}

async function moveTo(where) {
  const controls = $("clock").querySelectorAll("button, input");
  const back = document.activeElement;
  document.body.setAttribute("aria-busy", "true");
  for (const control of controls) control.disabled = true;
  if (where < localDay()) frames.clear(); // the demo begins afresh, and what is shown ends
  try {
    const { notice } = await ask("/demo/date", { to: where });
    await refresh();
    say(notice);
  } catch (problem) {
    say(problem.message);
  } finally {
    for (const control of controls) control.disabled = false;
    document.body.removeAttribute("aria-busy");
    back?.focus();
  }
}

const localDay = () => new Intl.DateTimeFormat("sv", { timeZone: world.zone }).format(new Date(world.now));

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
  if (moved && view === "chat") $("stage").focus();
}

function setPanel(open) {
  document.body.toggleAttribute("data-panel", open);
  $("tries-toggle").setAttribute("aria-expanded", String(open));
}

for (const tab of document.querySelectorAll(".tabs button")) tab.addEventListener("click", () => look(tab.dataset.view));
for (const button of document.querySelectorAll("[data-to]")) button.addEventListener("click", () => void moveTo(button.dataset.to));
$("clock").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("day").value) void moveTo($("day").value);
});
$("notice").querySelector("button").addEventListener("click", hush);
$("tries-toggle").addEventListener("click", () => setPanel(!document.body.hasAttribute("data-panel")));
$("skip").addEventListener("click", () => {
  look("chat");
  focusComposer(frames.current);
});
$("rail-dm").addEventListener("click", () => void show(actor, "dm"));
$("rail-guild").addEventListener("click", () => void show(actor, place === "dm" ? "general" : place));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.hasAttribute("data-panel")) {
    setPanel(false);
    $("tries-toggle").focus();
  }
});
window.addEventListener("hashchange", () => void follow());

async function keepUp() {
  await refresh();
  setTimeout(keepUp, INTERVAL);
}

look("chat");
void keepUp();
