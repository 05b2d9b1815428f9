// Strings that are compared byte for byte, for keys of tables. Not here: Unicode equivalence.

/// A text that equals another only where their bytes are the same.
///
/// Swift's `String` takes a composed and a decomposed "é" for one; JSON and vocabularies know two.
package struct ExactText: Hashable, Sendable {
    /// The text.
    package let text: String

    /// A text by its bytes.
    package init(_ text: String) { self.text = text }

    package static func == (a: ExactText, b: ExactText) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
