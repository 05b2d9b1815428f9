// The JSON parser: what it takes, and each thing it refuses by name.

import AdzeBytes
import Testing

@Suite struct StrictJSONTests {
    func parse(_ text: String) throws(JSONError) -> JSONValue { try parseJSON(Array(text.utf8)) }

    @Test func valuesOfEveryKind() throws {
        let value = try parse(#" {"a": [1, -2.5, 1e3, true, null], "b": "x\u00e9\ud83d\ude00\n"} "#)
        #expect(value["a"]?.array == [.integer(1), .number(-2.5), .number(1000), .bool(true), .null])
        #expect(value["b"]?.string == "xé😀\n")
    }

    @Test func canonicallyEquivalentKeysAreTwoKeys() throws {
        let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value.object?.count == 2)
        #expect(value["\u{E9}"] == .integer(1))
        #expect(value["e\u{301}"] == .integer(2))
    }

    @Test func integerBeyondIntBecomesANumber() throws {
        #expect(try parse("1000000000000000019884624838656") == .number(1e30))
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, "\u{FEFF}{}", #""\ud800""#, #""\ud800\u0041""#, "[1,]", "{} {}", "NaN", "01", "+1", "1.",
        "\"\u{1}\"", #"{"a" 1}"#, "", "[", #""\x""#, "1e999", "tru",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func depthBomb() {
        let bomb = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.tooDeep(offset: 64, limit: 64)) { try parse(bomb) }
    }

    @Test func invalidUTF8() {
        #expect(throws: JSONError.self) { try parseJSON([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.self) { try parseJSON([0x22, 0xC0, 0x80, 0x22]) }
    }

    @Test func textOfAValueParsesToTheValue() throws {
        let value = try parse(#"{"z":[1,2.5,"a\"\\\u0001\n"],"a":{},"l":[]}"#)
        #expect(try parse(value.text) == value)
        #expect(try parse(value.indentedText) == value)
        #expect(value.canonical.text == #"{"a":{},"l":[],"z":[1,2.5,"a\"\\\u0001\n"]}"#)
    }

    @Test func aNegativeZeroIsNoInteger() throws {
        let value = try parseJSON(Array("-0".utf8))
        #expect(value.integer == nil && value.number?.sign == .minus && value.text == "-0.0")
        #expect(try parseJSON(Array("[-1, 0]".utf8)).array?.compactMap(\.integer) == [-1, 0])
    }
}

/// What is wrong, and at which byte.
@Suite struct StrictJSONRefusalTests {
    private func refusal(_ text: String, _ limits: JSONLimits = JSONLimits()) -> JSONError? {
        do throws(JSONError) {
            _ = try parseJSON(Array(text.utf8), limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func limitsAreKeptToTheLast() {
        #expect(refusal("[1,2]", JSONLimits(bytes: 5, depth: 1, values: 3)) == nil)
        #expect(refusal("[1,2]", JSONLimits(bytes: 4)) == .tooLarge(bytes: 5, limit: 4))
        #expect(refusal("[1,2]", JSONLimits(values: 2)) == .tooManyValues(limit: 2))
        #expect(refusal("[[]]", JSONLimits(depth: 1)) == .tooDeep(offset: 1, limit: 1))
        #expect(refusal(#"[{}]"#, JSONLimits(depth: 1)) == .tooDeep(offset: 1, limit: 1))
    }

    @Test func byteOrderMarkIsCalledThat() { #expect(refusal("\u{FEFF}{}") == .byteOrderMark) }

    @Test(arguments: [
        (#"{"a";1}"#, 4, "':'"), ("[1;2]", 2, "',' or ']'"), (#"{"a":1;"b":2}"#, 6, "',' or '}'"),
        ("trux", 3, "'true'"), (#"{a":1}"#, 1, "a key in double quotes"), (#""\u00g0""#, 5, "four hexadecimal digits"),
        ("-", 1, "a value"), ("1.", 2, "a value"), ("1.x", 2, "a value"), ("1e", 2, "a value"), ("1e+x", 3, "a value"),
    ])
    func unexpectedByte(_ text: String, _ offset: Int, _ expected: String) {
        guard case .unexpected(offset, expected, _) = refusal(text) else {
            return #expect(Bool(false), "\(String(describing: refusal(text)))")
        }
    }

    @Test(arguments: [
        #""\ud83d""#, #""\ud83dx""#, #""\ud83dude00""#, #""\ud83d\n0041""#, #""\ud83d\ud83d""#, #""\ude00""#,
    ])
    func halfOfASurrogatePair(_ text: String) { #expect(refusal(text) == .loneSurrogate(offset: 1)) }

    @Test func aNumberOf512DigitsIsTheLongest() {
        #expect(refusal("0." + String(repeating: "1", count: 510)) == nil)
        #expect(refusal("0." + String(repeating: "1", count: 511)) == .numberOutOfRange(offset: 0))
    }
}
