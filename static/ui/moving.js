/* Dragging rows of a list to another place: form[data-order] > table > tbody[data-row], each with a [data-grip] and with buttons
   [data-mover] that move it by one row and need no script. Where a row is dropped, one of these is pressed with that place.
   Escape gives up. */
"use strict";

const order = document.querySelector("[data-order]");
let dragged = null; // the row
let home = null; // what stood behind it

function giveUp() {
  if (dragged) home ? home.before(dragged) : dragged.parentElement.append(dragged);
  letGo();
}

function letGo() {
  if (dragged) dragged.classList.remove("is-dragged");
  dragged = home = null;
}

function drop() {
  const [row, stood] = [dragged, home];
  letGo();
  if (row.nextElementSibling === stood) return;
  const next = row.nextElementSibling;
  const button = row.querySelector("[data-mover]");
  button.name = next ? "before" : "after";
  button.value = (next || row.previousElementSibling).dataset.row;
  button.form.requestSubmit(button);
}

if (order) {
  order.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    dragged = grip.closest("[data-row]");
    home = dragged.nextElementSibling;
    dragged.classList.add("is-dragged");
    order.setPointerCapture(event.pointerId);
  });
  order.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    for (const row of order.querySelectorAll("[data-row]")) {
      const { top, height } = row.getBoundingClientRect();
      if (row === dragged || event.clientY < top || event.clientY > top + height) continue;
      if (event.clientY < top + height / 2) row.before(dragged);
      else row.after(dragged);
      break;
    }
  });
  order.addEventListener("pointerup", () => dragged && drop());
  order.addEventListener("pointercancel", giveUp);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") giveUp();
  });
}
