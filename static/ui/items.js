/* What the pages of items do beyond plain HTML. Every one works without it.
     dialog               leaving the page warns when something was typed into it, except by sending it
     form[data-watch]     shows the save bar when a field differs from how it was opened; Ctrl+S saves;
                          leaving the page warns, except by sending the form and by [data-discards]
     [data-chooser]       a ticked item moves up to the chosen ones, [data-up] moves it before the one above;
                          [data-narrows] narrows the others */
"use strict";

let sent = null; // the dialog's form that is on its way

document.addEventListener("submit", (event) => (sent = event.target));
document.addEventListener("htmx:sendError", () => (sent = null));
document.addEventListener("htmx:responseError", () => (sent = null));
window.addEventListener("beforeunload", (event) => {
  const dialog = document.querySelector("dialog:modal");
  if (dialog && !dialog.contains(sent) && isTyped(dialog)) event.preventDefault();
});

const watched = document.querySelector("form[data-watch]");
const bar = document.querySelector(".savebar");

function entered() {
  const fields = [...new FormData(watched)].filter(([name]) => name !== "csrfmiddlewaretoken");
  return JSON.stringify(fields);
}

if (watched) {
  const refused = document.querySelector(".savebar[data-dirty], main .problems"); // typed, and not saved
  const opened = entered();
  const unsaved = () => refused || entered() !== opened;
  const look = () => {
    if (bar) bar.toggleAttribute("data-dirty", unsaved());
  };
  let leaving = false; // it was said what becomes of the changes
  watched.addEventListener("submit", (event) => {
    if (!event.submitter?.formTarget) leaving = true; // else another tab is what it opens
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-discards]")) leaving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && unsaved()) event.preventDefault();
  });
  watched.addEventListener("input", look);
  watched.addEventListener("change", look);
  window.addEventListener("pageshow", look); // the browser may have put back what was typed
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
    event.preventDefault();
    if (unsaved()) watched.requestSubmit();
  });
}

document.addEventListener("change", (event) => {
  const chooser = event.target.closest("[data-chooser]");
  const chip = event.target.closest("[data-others] .chip");
  if (!chooser || !chip || !event.target.checked) return;
  const empty = chooser.querySelector("[data-empty]");
  if (empty) empty.remove();
  chooser.querySelector("[data-chosen]").append(chip);
  event.target.focus();
});

document.addEventListener("click", (event) => {
  const up = event.target.closest("[data-up]");
  const chip = up && up.closest(".chip");
  if (!chip || !chip.previousElementSibling) return;
  chip.previousElementSibling.before(chip);
  up.focus();
  up.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-narrows]")) return;
  event.stopPropagation();
  const wanted = event.target.value.trim().toLowerCase();
  const others = event.target.closest("[data-chooser]").querySelector("[data-others]");
  for (const chip of others.children) {
    chip.hidden = !chip.textContent.toLowerCase().includes(wanted);
  }
});
