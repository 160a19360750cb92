import { signedIn, status } from "./board-model.ts";
import { dashboardPart } from "./dashboard-part.ts";
import { Gate } from "./pages/Gate.tsx";
import { Waiting } from "./pages/Waiting.tsx";
import { handoff } from "./session-model.ts";

export function App() {
  if (handoff.value !== null || signedIn.value === false) return <Gate />;
  const part = dashboardPart.value;
  if (status.value === null || part === null || part === "missing") return <Waiting partMissing={part === "missing"} />;
  return <part.Dashboard known={status.value} />;
}
