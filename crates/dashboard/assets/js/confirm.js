// Asks before a form is sent that takes something away: `<form data-confirm="…" data-confirm-label="Revoke key">`.
const dialog = document.getElementById("confirm");
const confirmed = new WeakSet();
/** What the question on the page is about: the form, and the button it was sent with. */
let asked;

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.dataset?.confirm || !dialog || confirmed.has(form)) return;
    event.preventDefault();
    event.stopPropagation();
    asked = { form, submitter: event.submitter };
    dialog.querySelector("p").textContent = form.dataset.confirm;
    dialog.querySelector("[value=yes]").textContent = form.dataset.confirmLabel ?? "Go on";
    dialog.returnValue = "no";
    dialog.showModal();
  },
  true,
);

dialog?.addEventListener("close", () => {
  // A dialog tells of its closing a moment later; by then the next question may be on the page.
  if (dialog.open || !asked) return;
  const { form, submitter } = asked;
  asked = undefined;
  if (dialog.returnValue !== "yes") return;
  const sent = form.isConnected ? form : again(form);
  // What was asked about is gone from the page: show where it stands.
  if (!sent) return location.reload();
  confirmed.add(sent);
  sent.requestSubmit(submitter?.form === sent ? submitter : undefined);
  confirmed.delete(sent);
});

/** The form that stands where this one stood and says the same: live parts of a page are put in anew while a question is open. */
function again(form) {
  const says = (one) => `${one.getAttribute("action")}?${new URLSearchParams(new FormData(one))}`;
  return [...document.forms].find((one) => one.dataset.confirm === form.dataset.confirm && says(one) === says(form));
}
