// The islands. Each is a light-DOM element or a listener on the document, works again after a swap, and leaves plain
// links and forms behind where scripts don't run.
import "./page.js";
import "./theme-toggle.js";
import "./confirm.js";
import "./toasts.js";
import "./live.js";
import "./peek.js";
import "./select-rows.js";
import "./upload.js";
import "./rule-editor.js";
import "./builder.js";
import "./copy.js";
import "./jump.js";
