// Asks before a form is sent that takes something away: `<form data-confirm="…" data-confirm-label="Revoke key">`.
const confirmed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const dialog = document.getElementById("confirm");
    if (!form.dataset?.confirm || !dialog || confirmed.has(form)) return;
    event.preventDefault();
    event.stopPropagation();
    const submitter = event.submitter;
    dialog.querySelector("p").textContent = form.dataset.confirm;
    dialog.querySelector("[value=yes]").textContent = form.dataset.confirmLabel ?? "Go on";
    dialog.returnValue = "no";
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "yes") return;
        confirmed.add(form);
        form.requestSubmit(submitter?.form === form ? submitter : undefined);
        confirmed.delete(form);
      },
      { once: true },
    );
    dialog.showModal();
  },
  true,
);
