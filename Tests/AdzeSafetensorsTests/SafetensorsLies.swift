// What a hostile or damaged safetensors file can claim, each lie by its name, and what is said to it.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import Testing

/// A file of a header's text and some zero bytes of data.
func file(_ header: String, data: Int = 0, padding: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8) + padding
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
        + [UInt8](repeating: 0, count: data)
}

/// One tensor's entry.
func entry(_ name: String, _ dtype: String, _ shape: String, _ offsets: String) -> String {
    #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
}

@Suite struct SafetensorsLies {
    func refusal(_ bytes: [UInt8]) -> SafetensorsError? {
        do throws(SafetensorsError) {
            _ = try SafetensorsFile(bytes: bytes)
            return nil
        } catch {
            // Every message is one line with something in it.
            #expect(!error.description.isEmpty && !error.description.contains("\n"))
            return error
        }
    }

    func refusal(_ header: String, data: Int = 0) -> SafetensorsError? { refusal(file(header, data: data)) }

    @Test func noLength() {
        #expect(refusal([UInt8]()) == .tooShort(size: 0))
        #expect(refusal([1, 0, 0, 0, 0, 0, 0]) == .tooShort(size: 7))
    }

    @Test func headerLengthMax() {
        let bytes = [UInt8](repeating: 0xFF, count: 8) + Array("{}".utf8)
        #expect(refusal(bytes) == .headerTooLong(length: .max, limit: 25_000_000))
    }

    @Test func headerLengthOverFile() {
        #expect(refusal([3, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8)) == .headerPastTheEnd(length: 3, size: 10))
        #expect(refusal([9, 0, 0, 0, 0, 0, 0, 0]) == .headerPastTheEnd(length: 9, size: 8))
    }

    @Test func manyOverlappingTensors() {
        let entries = (0..<20_000).map { entry("t\($0)", "F32", "[2,2]", "[0,16]") }.joined(separator: ",")
        #expect(refusal("{\(entries)}", data: 16) == .overlap(tensor: "t1", begin: 0, previousEnd: 16))
    }

    @Test func overlappingOffsets() {
        let header = "{" + entry("a", "U8", "[4]", "[0,4]") + "," + entry("b", "U8", "[4]", "[3,7]") + "}"
        #expect(refusal(header, data: 7) == .overlap(tensor: "b", begin: 3, previousEnd: 4))
    }

    @Test func offsetsWithAHole() {
        let header = "{" + entry("b", "U8", "[4]", "[5,9]") + "," + entry("a", "U8", "[4]", "[0,4]") + "}"
        #expect(refusal(header, data: 9) == .hole(tensor: "b", begin: 5, previousEnd: 4))
    }

    @Test func holeAtTheStart() {
        #expect(
            refusal("{" + entry("a", "U8", "[4]", "[1,5]") + "}", data: 5)
                == .hole(tensor: "a", begin: 1, previousEnd: 0))
    }

    @Test func trailingBytes() {
        let header = "{" + entry("a", "U8", "[4]", "[0,4]") + "}"
        #expect(refusal(header, data: 5) == .trailingBytes(expected: 4, found: 5))
        #expect(refusal("{}", data: 1) == .trailingBytes(expected: 0, found: 1))
    }

    @Test func truncatedData() {
        #expect(
            refusal("{" + entry("a", "U8", "[4]", "[0,4]") + "}", data: 3) == .truncated(expected: 4, found: 3))
    }

    @Test func reversedOffsets() {
        #expect(
            refusal("{" + entry("a", "U8", "[4]", "[4,0]") + "}", data: 4)
                == .reversedOffsets(tensor: "a", begin: 4, end: 0))
    }

    @Test(arguments: ["[-1,3]", "[-0,4]", "[0,1e3]", "[0.0,4]", "[0,18446744073709551616]", #"["0","4"]"#, "[null,4]"])
    func offsetsThatAreNoWholeNumbers(_ offsets: String) {
        guard
            case .field("a", "data_offsets", "whole numbers ≥ 0", _) =
                refusal("{" + entry("a", "U8", "[4]", offsets) + "}", data: 4)
        else { return #expect(Bool(false), "accepted or another error") }
    }

    @Test(arguments: ["[]", "[0]", "[0,4,4]", "4", "{}"])
    func offsetsThatAreNoPair(_ offsets: String) {
        guard
            case .field("a", "data_offsets", _, _) =
                refusal("{" + entry("a", "U8", "[4]", offsets) + "}", data: 4)
        else { return #expect(Bool(false), "accepted or another error") }
    }

    @Test func offsetsOver2To53() {
        // Exact beyond the integers of a Double: a reader that goes through one sees 2^53 twice.
        let header = "{" + entry("a", "U8", "[1]", "[9007199254740992,9007199254740993]") + "}"
        #expect(refusal(header) == .hole(tensor: "a", begin: 9_007_199_254_740_992, previousEnd: 0))
        let end = Int.max
        let huge = "{" + entry("a", "U8", "[\(end / 8)]", "[\(end - end / 8),\(end)]") + "}"
        #expect(refusal(huge) == .hole(tensor: "a", begin: end - end / 8, previousEnd: 0))
    }

    @Test(arguments: [
        "[4611686018427387904,4]", "[9223372036854775807,9223372036854775807]", "[0,4611686018427387904,4]",
    ])
    func shapeOverflow(_ shape: String) {
        guard
            case .shape("a", _, "the number of elements overflows") =
                refusal("{" + entry("a", "F32", shape, "[0,16]") + "}", data: 16)
        else { return #expect(Bool(false), "accepted or another error") }
    }

    @Test(arguments: ["[-1]", "[-0]", "[1.0]", "[1e0]", "[[1]]", "[true]"])
    func shapeOfNoWholeNumbers(_ shape: String) {
        #expect(refusal("{" + entry("a", "U8", shape, "[0,1]") + "}", data: 1) != nil)
    }

    @Test func rankAboveEight() {
        let shape = "[1,1,1,1,1,1,1,1,1]"
        #expect(
            refusal("{" + entry("a", "U8", shape, "[0,1]") + "}", data: 1)
                == .shape(
                    tensor: "a", dimensions: Array(repeating: 1, count: 9),
                    reason: "9 dimensions; at most 8 are read"))
    }

    @Test func shapeDtypeMismatch() {
        #expect(
            refusal("{" + entry("a", "F16", "[2,2]", "[0,16]") + "}", data: 16)
                == .byteCount(tensor: "a", shape: Shape(2, 2), dtype: "F16", expected: 8, found: 16))
    }

    @Test func unknownDtype() {
        #expect(
            refusal("{" + entry("a", "BF16x", "[1]", "[0,4]") + "}", data: 4)
                == .unknownDType(tensor: "a", dtype: "BF16x", nearest: "BF16"))
        #expect(
            refusal("{" + entry("a", "float", "[1]", "[0,4]") + "}", data: 4)
                == .unknownDType(tensor: "a", dtype: "float", nearest: nil))
    }

    @Test func duplicateName() {
        let one = entry("a", "U8", "[0]", "[0,0]")
        guard case .json(.duplicateKey("a", _)) = refusal("{\(one),\(one)}") else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    /// JSON has two keys here, and Swift one name: a dictionary of tensors would give one of them for both.
    @Test func composedAndDecomposedNameAreOne() {
        let header = "{" + entry("\u{E9}", "U8", "[1]", "[0,1]") + "," + entry("e\u{301}", "U8", "[2]", "[1,3]") + "}"
        #expect(refusal(header, data: 3) == .duplicateName("e\u{301}"))
    }

    @Test func duplicateField() {
        let header = #"{"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}"#
        guard case .json(.duplicateKey("dtype", _)) = refusal(header) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test func duplicateMetadataKey() {
        guard case .json(.duplicateKey("k", _)) = refusal(#"{"__metadata__":{"k":"1","k":"2"}}"#) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test func metadataNonString() {
        #expect(refusal(#"{"__metadata__":{"k":1}}"#) == .metadata(key: "k", found: "the number 1"))
        #expect(refusal(#"{"__metadata__":[]}"#) == .metadata(key: nil, found: "a list of 0"))
    }

    @Test(arguments: ["[]", "null", "1", #""{}""#])
    func notAnObject(_ header: String) {
        guard case .notAnObject = refusal(header) else { return #expect(Bool(false), "accepted or another error") }
    }

    @Test func entryIsNoObject() {
        #expect(
            refusal(#"{"a":[]}"#)
                == .field(tensor: "a", field: "entry", expected: "an object", found: "a list of 0"))
    }

    @Test(arguments: ["dtype", "shape", "data_offsets"])
    func missingField(_ field: String) {
        let header = "{" + entry("a", "U8", "[0]", "[0,0]").replacing("\"\(field)\"", with: "\"other\"") + "}"
        guard case .field("a", field, _, "nothing") = refusal(header) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test func byteOrderMark() {
        #expect(refusal("\u{FEFF}{}") == .json(.byteOrderMark))
    }

    @Test func utf16() {
        let text = "{}".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(refusal(file("", padding: text)) != nil)
        #expect(refusal(file("", padding: [0xFF, 0xFE] + text)) != nil)
    }

    @Test func invalidUTF8() {
        let bytes = file(#"{"__metadata__":{"k":""#, padding: [0xFF] + Array(#""}}"#.utf8))
        guard case .json(.invalidUTF8) = refusal(bytes) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test func nulPadding() {
        #expect(refusal(file("{}", padding: [0, 0, 0, 0, 0, 0])) == .nulPadding(offset: 10))
        #expect(refusal(file("", padding: [0, 0])) != nil)
    }

    @Test func depthBomb() {
        let bomb = String(repeating: #"{"a":"#, count: 100_000)
        guard case .json(.tooDeep(_, limit: 3)) = refusal(bomb) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test func oddNibble() {
        #expect(
            refusal("{" + entry("a", "F4", "[3]", "[0,2]") + "}", data: 2)
                == .oddBits(tensor: "a", dtype: "F4", bits: 12))
        #expect(refusal("{" + entry("a", "F4", "[4]", "[0,2]") + "}", data: 2) == nil)
        #expect(refusal("{" + entry("a", "F6_E2M3", "[2,6]", "[0,9]") + "}", data: 9) == nil)
        #expect(
            refusal("{" + entry("a", "F6_E3M2", "[2]", "[0,2]") + "}", data: 2)
                == .oddBits(tensor: "a", dtype: "F6_E3M2", bits: 12))
    }

    @Test func nameThatIsTooLong() {
        let name = String(repeating: "x", count: 1025)
        #expect(
            refusal("{" + entry(name, "U8", "[0]", "[0,0]") + "}")
                == .name(name, reason: "1025 bytes; at most 1024 are read"))
        #expect(refusal("{" + entry(String(repeating: "x", count: 1024), "U8", "[0]", "[0,0]") + "}") == nil)
    }

    @Test(arguments: [#"a\u0000b"#, #"a\nb"#, #"\u001b[31m"#, #"\u007f"#])
    func nameWithControlCharacter(_ name: String) {
        guard case .name = refusal("{" + entry(name, "U8", "[0]", "[0,0]") + "}") else {
            return #expect(Bool(false), "accepted or another error")
        }
    }
}
