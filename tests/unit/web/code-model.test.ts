import { describe, expect, it } from "vitest";
import { cleanCode, codeInClipboard, isExactCode, isPlausibleCode } from "../../../web/src/code-model.ts";

describe("cleanCode", () => {
  it.each([
    [" wx-yz8 ", "WXYZ8"],
    ["Code: h9 2gx\n", "CODEH92GX"],
    ["“MX9ES”", "MX9ES"],
    ["", ""],
  ])("reads %j as %j", (text, code) => {
    expect(cleanCode(text)).toBe(code);
  });
});

describe("isPlausibleCode", () => {
  it.each(["MX9ES", "WXYZ89", "Y27X25F", "ABCD"])("lets %s be sent", (code) => {
    expect(isPlausibleCode(code)).toBe(true);
  });

  it.each(["", "ABC", "ABCDEFGHIJK"])("holds %j back", (code) => {
    expect(isPlausibleCode(code)).toBe(false);
  });
});

describe("isExactCode", () => {
  it("sends a paste by itself only at five characters", () => {
    expect([isExactCode("MX9ES"), isExactCode("WXYZ89"), isExactCode("MX9E")]).toEqual([true, false, false]);
  });
});

describe("codeInClipboard", () => {
  it("takes a code with nothing around it", () => {
    expect(codeInClipboard(" MX9ES\n")).toBe("MX9ES");
  });

  it.each(["hello", "mx9es", "see MX9ES", "1234567"])("leaves %j alone", (text) => {
    expect(codeInClipboard(text)).toBeNull();
  });
});
