/* What the console's pages do beyond plain HTML. Every page works without it; this makes it quick.
   Wired by attributes, never by inline script:
     details.drop            closes on Escape and on a press outside
     #modal-place            a dialog that htmx puts here opens over the page; [data-close] closes it
     form[data-queue]        list with ticks: counts them, and moves by keyboard (tbody[data-row])
     [data-fill]             puts its words into the first line of the field that data-into names
     [data-chooses]          typing here chooses the radio button with that id
     [data-submits]          choosing here sends its form
     [data-copies]           copies the field with that id, and says so */
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/* Drop-downs ------------------------------------------------------------------------------- */

function closeDrops(except) {
  for (const drop of all("details.drop[open]")) {
    if (drop === except) continue;
    const within = drop.contains(document.activeElement);
    drop.open = false;
    if (within) drop.querySelector("summary").focus();
  }
}

document.addEventListener("pointerdown", (event) => closeDrops(event.target.closest("details.drop")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeDrops(null);
});

/* Dialogs ---------------------------------------------------------------------------------- */

let opener = null; // the id, else the element, that takes the focus back

function rememberOpener() {
  const active = document.activeElement;
  opener = active && active !== document.body ? active : opener;
}

function giveFocusBack() {
  if (!opener) return; // given back already
  const target = opener && (opener.isConnected ? opener : document.getElementById(opener.id));
  (target || document.getElementById("main")).focus();
  opener = null;
}

function openModal(dialog) {
  dialog.removeAttribute("open");
  dialog.addEventListener("close", () => {
    dialog.remove();
    giveFocusBack();
  });
  dialog.showModal();
  const problems = dialog.querySelector(".problems");
  if (problems) problems.focus();
}

/* The dialog's own address was opened: the page behind it is inert, and Escape goes back to it. */
document.addEventListener("keydown", (event) => {
  const back = document.querySelector("dialog[open]:not(:modal) [data-close]");
  if (event.key === "Escape" && back) window.location.assign(back.href);
});

document.addEventListener("click", (event) => {
  const close = event.target.closest("dialog [data-close]");
  if (!close || !close.closest("dialog").matches(":modal")) return;
  event.preventDefault();
  close.closest("dialog").close();
});

/* The session ------------------------------------------------------------------------------ */

const polls = (element) => element.matches("[hx-trigger^=every]");
const isSignIn = (address) => address && new URL(address).pathname.endsWith("/sign-in/");

let answeredAt = Date.now(); // when the session was seen last
let ended = false; // then the tokens of the page's forms are worth nothing, also after signing in again

/* Whether somebody has typed what reloading the page would lose. */
function isTyped(root = document) {
  if (root.querySelector("[data-dirty], .problems")) return true;
  return all("form[method=post] :is(input:not([type=hidden]), textarea)", root).some((field) => {
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    return field.value !== field.defaultValue;
  });
}

function tellOfEnd() {
  ended = true;
  const dialog = document.querySelector("dialog:modal .modal-body");
  if (dialog || isTyped()) tell("session-ended", dialog || document.getElementById("flash"));
  else window.location.reload();
}

/* A form is sent once it's known that the session is there, with its token: what was typed stays. */
async function sendAnew(form, button) {
  const answer = await fetch(document.getElementById("session-ended").dataset.try);
  if (isSignIn(answer.url)) {
    tellOfEnd();
    document.querySelector(".notice[role=alert]").scrollIntoView({ block: "center" });
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const field of all("[name=csrfmiddlewaretoken]")) field.value = token;
  for (const notice of all(".session-ended")) notice.remove();
  ended = false;
  answeredAt = Date.now();
  form.requestSubmit(button);
}

/* A form that is on its way isn't sent again: a second press would be refused, or done twice. */
const ON_ITS_WAY = 5_000; // milliseconds; an answer that is a file leaves the page as it is
let onItsWay = { form: null, since: 0 };

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Redirect")) onItsWay.form = null;
});
window.addEventListener("pageshow", () => (onItsWay.form = null));

document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("method") !== "post") return;
  const again = event.target === onItsWay.form && Date.now() - onItsWay.since < ON_ITS_WAY;
  if (!again && !ended && Date.now() - answeredAt < 60_000) {
    if (!event.submitter?.formTarget) onItsWay = { form: event.target, since: Date.now() };
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  if (again) return;
  const dialog = event.target.closest(".modal-body");
  sendAnew(event.target, event.submitter).catch(() => tell("lost-connection", dialog || document.getElementById("flash")));
}, true);

/* htmx ------------------------------------------------------------------------------------- */

document.addEventListener("htmx:configRequest", (event) => {
  if (polls(event.detail.elt)) event.detail.headers["HX-Poll"] = "true"; // nobody uses the session by that
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target && event.detail.target.id === "modal-place") {
    if (!document.querySelector("dialog:modal")) rememberOpener();
  }
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "modal-place") rememberTyped(event);
  if (isSignIn(event.detail.xhr.responseURL)) {
    event.detail.shouldSwap = false;
    tellOfEnd();
  } else if (event.detail.xhr.status < 300) {
    answeredAt = Date.now();
  }
});

/* A dialog that asks for itself anew (another kind was chosen) keeps what was typed meanwhile, and the focus. */

let typed = null; // of the dialog that goes: fields as [name, values], and the name of the one with the focus

function rememberTyped(event) {
  const form = document.querySelector("dialog:modal form");
  typed = null;
  if (!form || event.detail.requestConfig.verb !== "get" || !form.contains(event.detail.requestConfig.elt)) return;
  const names = [...new Set([...new FormData(form).keys()])].filter((name) => name !== "csrfmiddlewaretoken");
  const values = new FormData(form);
  typed = {
    fields: names.map((name) => [name, values.getAll(name)]),
    focus: document.activeElement.name,
    isTyped: isTyped(form.closest("dialog")),
  };
}

function typeAgain(dialog) {
  const form = dialog.querySelector("form");
  form.toggleAttribute("data-dirty", typed.isTyped); // the server has filled it in
  for (const [name, values] of typed.fields) {
    for (const field of all(`[name="${CSS.escape(name)}"]`, form)) {
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else field.value = values[0];
    }
  }
}

document.addEventListener("htmx:afterSettle", (event) => {
  // The focus may have scrolled past what is to be read before it is decided.
  const dialog = event.detail.target.id === "modal-place" && document.querySelector("dialog:modal");
  if (dialog && !typed && !dialog.querySelector("[aria-invalid]")) dialog.scrollTop = 0;
  const form = typed && document.querySelector("dialog:modal form"); // htmx has just focused [autofocus]
  const field = form && form.elements[typed.focus];
  if (field && field.focus) field.focus();
  typed = null;
});

function tell(template, place) {
  if (!place) return;
  for (const old of all(".session-ended, .notice", place)) old.remove();
  place.prepend(document.getElementById(template).content.cloneNode(true));
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  // A polled row does not change under somebody's hands: the next poll tries again.
  const { target, elt } = event.detail;
  if (polls(elt) && target.matches("[data-row]") && target.contains(document.activeElement)) {
    event.detail.shouldSwap = false;
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "modal-place") return;
  const dialog = event.detail.target.querySelector("dialog");
  if (dialog) openModal(dialog);
  else giveFocusBack();
  if (dialog && typed) typeAgain(dialog);
});

function tellOfFailure(event) {
  if (event.detail.requestConfig && event.detail.requestConfig.verb === "get" && polls(event.detail.elt)) return;
  const dialog = document.querySelector("dialog:modal .modal-body");
  tell("lost-connection", dialog || document.getElementById("flash"));
}

document.addEventListener("htmx:responseError", tellOfFailure);
document.addEventListener("htmx:sendError", tellOfFailure);

/* Queue ------------------------------------------------------------------------------------ */

const queue = () => document.querySelector("form[data-queue]");
const rows = () => all("tbody[data-row]", queue());
const ticks = () => all("input.tick[name]", queue());

function countTicks() {
  if (!queue()) return;
  const ticked = ticks().filter((tick) => tick.checked).length;
  queue().querySelector("[data-ticked]").textContent = `${ticked} selected`;
  for (const button of all("[data-bulk]", queue())) {
    button.setAttribute("aria-disabled", String(!ticked));
    button.querySelector("[data-number]").textContent = ticked ? ` ${ticked}` : "";
  }
  const every = queue().querySelector("[data-tick-all]");
  if (every) {
    every.checked = ticked > 0 && ticked === ticks().length;
    every.indeterminate = ticked > 0 && ticked < ticks().length;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    for (const tick of ticks()) tick.checked = event.target.checked;
  }
  if (event.target.matches(".tick")) countTicks();
});
document.addEventListener("reset", () => setTimeout(countTicks));
document.addEventListener("htmx:afterSettle", countTicks);

const here = () => document.activeElement.closest("tbody[data-row]");
const handle = (row) => row && row.querySelector("[data-handle]");

function step(by) {
  const places = rows();
  const next = places[here() ? places.indexOf(here()) + by : by > 0 ? 0 : places.length - 1];
  if (handle(next)) handle(next).focus();
}

function tickHere() {
  const tick = here() && here().querySelector(".tick");
  if (tick) tick.click();
}

function verb(name) {
  const ticked = ticks().some((tick) => tick.checked);
  const target = ticked
    ? queue().querySelector(`[data-bulk=${name}]`)
    : here() && here().querySelector(`[data-verb=${name}]`);
  if (target) target.click();
}

function showKeys() {
  const dialog = document.getElementById("keys");
  if (dialog && !dialog.open) dialog.showModal();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: tickHere,
  a: () => verb("approve"),
  d: () => verb("deny"),
  "?": showKeys,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !queue()) return;
  if (event.target.closest("input:not(.tick), textarea, select, dialog[open]")) return;
  if (KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

/* Small conveniences ----------------------------------------------------------------------- */

document.addEventListener("click", (event) => {
  const fill = event.target.closest("[data-fill]");
  const field = fill && document.querySelector(fill.dataset.into);
  if (!field) return;
  event.preventDefault();
  const rest = field.value.split("\n").slice(1).join("\n");
  field.value = `${fill.dataset.fill}\n${rest}`;
  field.focus();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

document.addEventListener("allauth.error", (event) => {
  event.preventDefault(); // a passkey that was refused or cancelled is no fault of the page
  tell("passkey-refused", document.getElementById("passkey-trouble"));
});

document.addEventListener("click", async (event) => {
  const copies = event.target.closest("[data-copies]");
  if (!copies) return;
  const field = document.getElementById(copies.dataset.copies);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    copies.lastChild.data = "Copied";
  } catch {
    copies.lastChild.data = "Press Ctrl+C";
  }
});

document.addEventListener("input", (event) => {
  const chooses = event.target.dataset.chooses;
  if (chooses) document.getElementById(chooses).checked = true;
});

/* Back shows the page as it is now, not as the browser kept it: it may be a list that has grown. */
window.addEventListener("pageshow", (event) => {
  if (event.persisted && !document.querySelector("form[data-watch]")) window.location.reload();
});

/* The current tab and the current page of the navigation are in view where these scroll. */
function showCurrent() {
  for (const scroller of all(".tabs, .side-scroll")) {
    const current = scroller.querySelector("[aria-current]");
    if (!current) continue;
    const frame = scroller.getBoundingClientRect();
    const mark = current.getBoundingClientRect();
    scroller.scrollBy(Math.max(0, mark.right - frame.right), Math.max(0, mark.bottom - frame.bottom));
  }
}

for (const side of all("#side")) side.addEventListener("toggle", showCurrent);
showCurrent();
for (const anchor of all(".problems[autofocus]")) anchor.focus();
countTicks();
