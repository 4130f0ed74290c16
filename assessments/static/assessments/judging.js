/* Judging by keyboard: a digit chooses the level of the criterion that has the focus. Arrows and Tab do without this. */
const sheet = document.querySelector("[data-judging]");

if (sheet) {
  sheet.dataset.keys = "";

  sheet.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea")) {
      return;
    }
    /* By the place of the key: not every keyboard writes 1 there. */
    const digit = event.code.match(/^(?:Digit|Numpad)([1-9])$/);
    const levels = event.target.closest("fieldset")?.querySelectorAll("input[type=radio]");
    const level = digit && levels?.[digit[1] - 1];
    if (level) {
      event.preventDefault();
      level.focus();
      level.click();
    }
  });

  /* What could not be saved is said; the words stay on the page. */
  const unsaved = () => {
    const note = document.querySelector("[data-saved]");
    if (note) {
      note.textContent = sheet.dataset.unsaved;
      note.classList.add("judging-unsaved");
    }
  };
  document.addEventListener("htmx:sendError", unsaved);
  document.addEventListener("htmx:responseError", unsaved);
}
