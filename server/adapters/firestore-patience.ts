// How long anybody waits for Firestore. The client's own limits are five minutes for a read and ten for a commit with its
// repetitions: whoever asked would be long gone.

/** One try of a read, one try of a commit. */
export const readMs = 4_000;
export const commitMs = 6_000;

/** Everything that one call of ours comes to. The client repeats a failed read four times, which nothing turns off. */
export const patienceMs = 10_000;

export const tooLate = "Firestore did not answer in time.";

const givenUp = new Set<Promise<unknown>>();

/** Resolves when the client has given up, too, what we gave up before. */
export async function quiet(): Promise<void> {
  await Promise.allSettled(givenUp);
}

/** The call's outcome, if it comes within that time; a write that is given up may still be done. */
export async function inTime<T>(call: Promise<T>, ms: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    givenUp.add(call);
    reject(new Error(tooLate));
  }, ms);
  const forget = () => void givenUp.delete(call);
  call.then(forget, forget);
  try {
    return await Promise.race([call, promise]);
  } finally {
    clearTimeout(timer);
  }
}
