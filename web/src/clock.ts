// Server time on this page. `now` changes on the second boundary.
import { signal } from "@preact/signals";
import { clockJump, measuredOffset, settledOffset, untilNextSecond, type ClockReading } from "./server-clock-model.ts";

const read = (): ClockReading => ({ monotonic: performance.now(), wall: Date.now() });

let last = read();
/** The device's clock is the first guess; the first answer of the server replaces it. */
let offset = last.wall - last.monotonic;
let measured: number | null = null;
let timer = 0;

/** Server time in milliseconds. */
export const now = signal(last.wall);

export function synchronise(serverNow: string, sentAt: number, receivedAt: number): void {
  measured = settledOffset(measured, measuredOffset(Date.parse(serverNow), sentAt, receivedAt), receivedAt - sentAt);
  offset = measured;
  tick();
}

/** `onJump`: the device slept or its clock was changed, so the server should be asked again. */
export function startClock(onJump: () => void): void {
  jumped = onJump;
  tick();
}

let jumped: () => void = () => {};

export function tick(): void {
  const reading = read();
  const jump = clockJump(last, reading);
  last = reading;
  // Until the server answers, take a leap forward for sleep: showing too little time is the safe mistake.
  if (jump > 0) offset += jump;
  const time = offset + reading.monotonic;
  now.value = Math.floor(time / 1000) * 1000;
  clearTimeout(timer);
  timer = window.setTimeout(tick, untilNextSecond(time));
  if (jump !== 0) jumped();
}
