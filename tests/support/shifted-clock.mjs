// Preloaded into the program under test (node --import): its machine's clock is off by the milliseconds a file says.
import { readFileSync } from "node:fs";

const file = process.env.CLOCK_OFFSET_FILE;
const offset = () => Number(readFileSync(file, "utf8"));

const RealDate = Date;
globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offset());
    else super(...given);
  }

  static now() {
    return RealDate.now() + offset();
  }
};

const realInstant = Temporal.Now.instant.bind(Temporal.Now);
Temporal.Now.instant = () => realInstant().add({ milliseconds: offset() });
