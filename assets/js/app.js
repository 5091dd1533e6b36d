// Every page loads this. It only adds comfort: each page works without it.
import { startAlike } from "./alike.js";
import { startCopying } from "./copy.js";
import { startDialogs } from "./dialogs.js";
import { startDisplay } from "./display.js";
import { startDrafts } from "./drafts.js";
import { startPrinting } from "./print.js";
import { startSubmitOnce } from "./submit-once.js";

startDisplay();
startDialogs();
startDrafts();
startAlike();
startSubmitOnce();
startCopying();
startPrinting();

// A form that came back is read from what is wrong with it.
document.querySelector("main [data-form-errors]")?.focus();
