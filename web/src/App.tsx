import { signedIn, status } from "./board-model.ts";
import { dashboardPart } from "./dashboard-part.ts";
import { Gate } from "./pages/Gate.tsx";
import { Waiting } from "./pages/Waiting.tsx";
import { handedOver, handoff } from "./session-model.ts";

export function App() {
  const part = dashboardPart.value;
  const isHanded = handedOver.value !== null;
  if (handoff.value !== null || (signedIn.value === false && !isHanded)) return <Gate />;
  if (part === null || part === "missing") return <Waiting partMissing={part === "missing"} />;
  if (isHanded) return <part.HandOver />;
  if (status.value === null) return <Waiting partMissing={false} />;
  return <part.Dashboard known={status.value} />;
}
