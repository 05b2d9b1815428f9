// Text that reaches a terminal, and JSON that does: nothing in them is obeyed instead of shown.

import AdzeBytes
import Testing

struct ControlCharacterTests {
    /// Each kind: a C0 control, DEL, both ends of C1, the separators, and all that turn the direction of writing.
    private static let controls: [Unicode.Scalar] =
        [
            "\u{0}", "\u{7}", "\u{A}", "\u{1B}", "\u{7F}", "\u{80}", "\u{9B}", "\u{9F}", "\u{61C}", "\u{200E}",
            "\u{200F}",
        ]
        + (0x2028...0x202E).compactMap(Unicode.Scalar.init) + (0x2066...0x2069).compactMap(Unicode.Scalar.init)

    private func hasControls(_ text: String) -> Bool { text.unicodeScalars.contains { $0.controlsDisplay } }

    @Test(arguments: controls)
    func isEscapedEverywhere(scalar: Unicode.Scalar) throws {
        let text = "a\(Character(scalar))é b"
        #expect(scalar.controlsDisplay)
        #expect(withoutControls(text) == "a\\u{\(String(scalar.value, radix: 16))}é b")
        #expect(!hasControls(quoted(text)))
        for json in [JSONValue.object([text: .string(text)]).text, JSONValue.array([.string(text)]).indentedText] {
            #expect(!hasControls(json.filter { $0 != "\n" }))
        }
        #expect(try parseJSON(Array(JSONValue.string(text).text.utf8)) == .string(text))
        // JSON that was copied from an input: what is no control in JSON's grammar may stand in its strings.
        if scalar.value >= 0x7F {
            let copied = String(decoding: jsonWithoutControls(Array("{\"k\":\"\(text)\"}".utf8)), as: UTF8.self)
            #expect(!hasControls(copied))
            #expect(try parseJSON(Array(copied.utf8))["k"] == .string(text))
        }
    }

    @Test func theNeighboursOfControlsStay() {
        let text = " ~\u{A0}\u{A1}\u{61B}\u{61D}\u{200D}\u{2010}\u{2027}\u{202F}\u{2065}\u{206A}ÂØ👩‍🔧é"
        #expect(withoutControls(text) == text && jsonWithoutControls(Array(text.utf8)) == Array(text.utf8))
        #expect(JSONValue.string(text).text == "\"\(text)\"")
    }

    @Test func aTabStaysBetweenColumnsAlone() {
        #expect(withoutControls("a\tb", keepingTabs: true) == "a\tb")
        #expect(withoutControls("a\tb\u{1B}", keepingTabs: true) == "a\tb\\u{1b}")
        #expect(withoutControls("a\tb") == "a\\u{9}b")
    }

    /// Files that were written before characters were escaped for terminals are still read: theirs is another text.
    @Test func theCanonicalTextOfFilesIsWhatItWas() {
        #expect(
            JSONValue.object(["b": "\u{9B}\u{2028}", "a": "\u{7F}\u{1B}"]).canonicalText
                == "{\"a\":\"\\u007f\\u001b\",\"b\":\"\u{9B}\u{2028}\"}")
    }
}
