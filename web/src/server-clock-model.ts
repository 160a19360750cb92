// Pure. Server time carried by a monotonic clock: neither a wrong device clock nor a change of it moves a countdown.
// All numbers are milliseconds.

/** The device's two clocks, read together. `monotonic` counts from the start of the page and may stop during sleep. */
export interface ClockReading {
  monotonic: number;
  wall: number;
}

/** Beyond this the two clocks did not just drift: the device slept or its clock was changed. */
export const jumpTolerance = 2000;

/** What to add to the monotonic clock for server time; the answer is taken to be made halfway through the round trip. */
export function measuredOffset(serverNow: number, sentAt: number, receivedAt: number): number {
  return serverNow - (sentAt + receivedAt) / 2;
}

/** Keeps the old offset while the new one agrees within its own error, so that seconds do not stutter. */
export function settledOffset(old: number | null, measured: number, roundTrip: number): number {
  return old !== null && Math.abs(measured - old) <= roundTrip / 2 ? old : measured;
}

/** By how much the wall clock ran ahead of the monotonic one since `before`; 0 within tolerance. */
export function clockJump(before: ClockReading, after: ClockReading): number {
  const jump = after.wall - before.wall - (after.monotonic - before.monotonic);
  return Math.abs(jump) > jumpTolerance ? jump : 0;
}

/** Milliseconds until the next whole second of server time, never 0. */
export function untilNextSecond(serverTime: number): number {
  return 1000 - (((serverTime % 1000) + 1000) % 1000);
}
