/** Small words for the page: make an element, draw an icon, ask the server. */

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** The same drawing for a document that does not have the page's symbols. */
export function picture(name) {
  const svg = icon(name);
  const symbol = document.getElementById(`icon-${name}`);
  svg.setAttribute("viewBox", symbol.getAttribute("viewBox"));
  svg.replaceChildren(...[...symbol.children].map((child) => child.cloneNode()));
  return svg;
}

/** The server's answer as a value; what it refuses becomes an Error in its own words. */
export async function ask(path, body) {
  const how = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, { cache: "no-store", ...how });
  if (answer.ok) return answer.json();
  const words = answer.headers.get("Content-Type")?.startsWith("application/json") ? (await answer.json()).notice : await answer.text();
  throw new Error(words);
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What `look` finds, as soon as it finds something; null after a while. */
export async function eventually(look, patience = 8000) {
  for (const end = performance.now() + patience; performance.now() < end; ) {
    const found = look();
    if (found) return found;
    await pause(40);
  }
  return null;
}
