import type { IconName } from "../connection-model.ts";

// On a 24 grid, one stroke of 1.75.
const paths: Record<IconName, string> = {
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 7v5l3 2M12 3a9 9 0 1 0 .01 0",
  alert: "M12 4L2.8 20h18.4zM12 10v4.5M12 17.3v.1",
  cross: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  question: "M8.8 9.4a3.2 3.2 0 1 1 4.6 2.9c-.9.5-1.4 1.1-1.4 2.2M12 18v.1",
  turn: "M20 12a8 8 0 1 1-2.4-5.7L20 8.5M20 3.5v5h-5",
  pause: "M9 6.5v11M15 6.5v11",
};

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
