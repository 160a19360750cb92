// Facts of the domain as JSON and back. Fields named `at`, or ending in `At`, hold instants; a test compares both ways.

export function factsToJson(facts: object): string {
  return JSON.stringify(facts);
}

/** The one place where the shape of such JSON is taken on trust: only this program writes it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says what it wrote
export function factsFromJson<T>(json: string): T {
  const facts: T = JSON.parse(json, (name, value: unknown) =>
    /(?:^at|At)$/.test(name) && typeof value === "string" ? Temporal.Instant.from(value) : value,
  );
  return facts;
}
