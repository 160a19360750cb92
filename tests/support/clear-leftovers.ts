// Vitest runs this before every test file: what a hook started for the whole file goes when the file ends.
import { afterAll } from "vitest";
import { clearEverything } from "./program-leftovers.ts";

afterAll(clearEverything);
