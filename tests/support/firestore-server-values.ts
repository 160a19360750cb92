// Part of firestore-server.ts: Firestore's values as they are on the wire, their order, their size and what is no value.
import { Refused } from "./google-wire.ts";

export interface WireTimestamp {
  readonly seconds: string;
  readonly nanos: number;
}

export interface Value {
  readonly valueType?: string;
  readonly nullValue?: unknown;
  readonly booleanValue?: boolean;
  readonly integerValue?: string;
  readonly doubleValue?: number;
  readonly timestampValue?: WireTimestamp;
  readonly stringValue?: string;
  readonly bytesValue?: Uint8Array;
  readonly referenceValue?: string;
  readonly arrayValue?: { readonly values: readonly Value[] };
  readonly mapValue?: { readonly fields: Fields };
}

export type Fields = Readonly<Record<string, Value>>;

/** The order of values of different types (firebase.google.com/docs/firestore/manage-data/data-types). */
const typeOrder = [
  "nullValue",
  "booleanValue",
  "number",
  "timestampValue",
  "stringValue",
  "bytesValue",
  "referenceValue",
  "arrayValue",
  "mapValue",
];

const deepestNesting = 20;
const mostNameBytes = 1_500;

export function typeOf({ valueType }: Value): string {
  return valueType === "integerValue" || valueType === "doubleValue" ? "number" : (valueType ?? "none");
}

export function compareValues(a: Value, b: Value): number {
  const [typeA, typeB] = [typeOrder.indexOf(typeOf(a)), typeOrder.indexOf(typeOf(b))];
  if (typeA !== typeB) return typeA - typeB;
  switch (typeOf(a)) {
    case "booleanValue":
      return Number(a.booleanValue) - Number(b.booleanValue);
    case "number":
      return numberOf(a) - numberOf(b);
    case "timestampValue":
      return Number(microsOf(a.timestampValue) - microsOf(b.timestampValue));
    case "stringValue":
      return Buffer.compare(Buffer.from(a.stringValue ?? ""), Buffer.from(b.stringValue ?? ""));
    case "bytesValue":
      return Buffer.compare(a.bytesValue ?? Buffer.of(), b.bytesValue ?? Buffer.of());
    case "referenceValue":
      return compareNames(a.referenceValue ?? "", b.referenceValue ?? "");
    case "arrayValue":
      return compareLists(a.arrayValue?.values ?? [], b.arrayValue?.values ?? []);
    case "mapValue":
      return compareLists(flat(a), flat(b));
    default:
      return 0;
  }
}

/** Segment by segment, in the order of their bytes. */
export function compareNames(a: string, b: string): number {
  return compareLists(asStrings(a), asStrings(b));
}

function asStrings(name: string): readonly Value[] {
  return name.split("/").map((part) => ({ valueType: "stringValue", stringValue: part }));
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareValues(value, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function flat({ mapValue }: Value): Value[] {
  const entries = Object.entries(mapValue?.fields ?? {}).toSorted(([a], [b]) => compareNames(a, b));
  return entries.flatMap(([name, value]) => [{ valueType: "stringValue", stringValue: name }, value]);
}

function numberOf({ integerValue, doubleValue }: Value): number {
  return integerValue === undefined ? (doubleValue ?? Number.NaN) : Number(integerValue);
}

export function microsOf(time: WireTimestamp | undefined | null): bigint {
  return BigInt(time?.seconds ?? 0) * 1_000_000n + BigInt(Math.floor((time?.nanos ?? 0) / 1000));
}

export function fromMicros(micros: bigint): WireTimestamp {
  return { seconds: String(micros / 1_000_000n), nanos: Number(micros % 1_000_000n) * 1000 };
}

/** The fields as Firestore keeps them; throws on what it does not take. */
export function acceptedFields(fields: Fields, depth = 1): Fields {
  if (depth > deepestNesting) throw new Refused("INVALID_ARGUMENT", "A value is nested too deeply.");
  for (const name of Object.keys(fields)) {
    if (name === "") throw new Refused("INVALID_ARGUMENT", "Field names may not be empty.");
    if (/^__.*__$/.test(name)) throw new Refused("INVALID_ARGUMENT", `Field name "${name}" is reserved.`);
    if (Buffer.byteLength(name) > mostNameBytes) throw new Refused("INVALID_ARGUMENT", "A field name is too long.");
  }
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, accepted(value, depth)]));
}

function accepted(value: Value, depth: number): Value {
  if (value.valueType === undefined) throw new Refused("INVALID_ARGUMENT", "A value has no type.");
  if (value.timestampValue !== undefined) {
    const micros = microsOf(value.timestampValue);
    if (micros < -62_135_596_800_000_000n || micros > 253_402_300_799_999_999n)
      throw new Refused("INVALID_ARGUMENT", "A timestamp is out of range.");
    return { valueType: "timestampValue", timestampValue: fromMicros(micros) };
  }
  if (value.arrayValue !== undefined) {
    const values = value.arrayValue.values.map((each) => accepted(each, depth + 1));
    if (values.some((each) => each.arrayValue !== undefined))
      throw new Refused("INVALID_ARGUMENT", "Nested arrays are not allowed.");
    return { valueType: "arrayValue", arrayValue: { values } };
  }
  if (value.mapValue !== undefined)
    return { valueType: "mapValue", mapValue: { fields: acceptedFields(value.mapValue.fields, depth + 1) } };
  return value;
}

/** Bytes, as Google counts them (firebase.google.com/docs/firestore/storage-size). */
export function sizeOf(value: Value): number {
  switch (typeOf(value)) {
    case "nullValue":
    case "booleanValue":
      return 1;
    case "stringValue":
      return Buffer.byteLength(value.stringValue ?? "") + 1;
    case "bytesValue":
      return value.bytesValue?.length ?? 0;
    case "referenceValue":
      return nameSize(value.referenceValue ?? "");
    case "arrayValue":
      return (value.arrayValue?.values ?? []).reduce((sum, each) => sum + sizeOf(each), 0);
    case "mapValue":
      return fieldsSize(value.mapValue?.fields ?? {});
    default:
      return 8;
  }
}

export function fieldsSize(fields: Fields): number {
  return Object.entries(fields).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + 1 + sizeOf(value), 32);
}

export function nameSize(name: string): number {
  const path = name.split("/").slice(5);
  return path.reduce((sum, part) => sum + Buffer.byteLength(part) + 1, 16);
}

/** ``facts.`odd name` `` in its segments. */
export function pathSegments(path: string): readonly string[] {
  const segments = path.match(/`(?:[^`\\]|\\.)*`|[^.]+/g) ?? [];
  return segments.map((segment) => (segment.startsWith("`") ? segment.slice(1, -1).replace(/\\(.)/g, "$1") : segment));
}

export function valueAt(fields: Fields, [first = "", ...rest]: readonly string[]): Value | undefined {
  const value = fields[first];
  return rest.length === 0 || value === undefined ? value : valueAt(value.mapValue?.fields ?? {}, rest);
}

/** The fields with that value put in or, if undefined, taken out. */
export function withValue(fields: Fields, [first = "", ...rest]: readonly string[], value: Value | undefined): Fields {
  const { [first]: old, ...others } = fields;
  if (rest.length > 0) {
    const inner = withValue(old?.mapValue?.fields ?? {}, rest, value);
    return { ...others, [first]: { valueType: "mapValue", mapValue: { fields: inner } } };
  }
  return value === undefined ? others : { ...others, [first]: value };
}

/** For the eye, and for whoever looks for what must not be in there: bytes are shown as they would read as text. */
export function asText(fields: Fields): string {
  return JSON.stringify(fields, (name, value: unknown) => {
    if (name === "valueType") return undefined;
    return isSerializedBuffer(value) ? Buffer.from(value.data).toString("latin1") : value;
  });
}

// What JSON.stringify makes of a Buffer before it asks the replacer.
function isSerializedBuffer(value: unknown): value is { data: number[] } {
  return typeof value === "object" && value !== null && "type" in value && value.type === "Buffer" && "data" in value;
}
