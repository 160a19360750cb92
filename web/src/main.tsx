import { render } from "preact";
import { App } from "./App.tsx";
import { refresh } from "./board-model.ts";
import { startClock } from "./clock.ts";
import { loadDashboard } from "./dashboard-part.ts";
import { installOffline } from "./offline.ts";
import { readHandoff } from "./session-model.ts";

const app = document.getElementById("app");
if (app === null) throw new Error("index.html has no #app");

// All questions leave together, before anything is drawn.
if (!readHandoff()) void refresh();
void loadDashboard().then(installOffline);
addEventListener("hashchange", readHandoff);
startClock(() => void refresh());

app.textContent = "";
render(<App />, app);
