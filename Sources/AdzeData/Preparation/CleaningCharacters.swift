// What cleaning takes for a letter, for white space and for lower case: Python's definitions, by Unicode's properties. Not
// here: the tokenizer's, which are BERT's.

extension Unicode.Scalar {
    /// Whether Python's `\w` matches it: `str.isalnum()`, or `_`. Combining marks are none.
    var isCleaningWord: Bool {
        if isASCII {
            return (0x30...0x39).contains(value) || (0x41...0x5A).contains(value) || (0x61...0x7A).contains(value)
                || value == 0x5F
        }
        return switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: properties.numericType != nil
        }
    }

    /// Whether Python's `\s` matches it: bidirectional type WS, B or S, or category Zs.
    var isCleaningSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x1C...0x20, 0x85: true
        case 0..<0xA0: false
        case 0x2028, 0x2029: true
        default: properties.generalCategory == .spaceSeparator
        }
    }
}

/// Lower case as of Python's `str.lower()`: Unicode's full mapping, with a Σ that ends a word as ς.
func lowercased(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var lower: [Unicode.Scalar] = []
    lower.reserveCapacity(scalars.count)
    for (index, scalar) in scalars.enumerated() {
        if scalar.isASCII {
            let isUpper = (0x41...0x5A).contains(scalar.value)
            lower.append(isUpper ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
        } else if scalar == "Σ" {
            lower.append(endsWord(scalars, index) ? "ς" : "σ")
        } else {
            lower.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
    }
    return lower
}

/// Unicode's condition Final_Sigma: a cased letter before and none behind, but for what case ignores.
///
/// - Source: The Unicode Standard, section 3.13, table 3-17.
private func endsWord(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    func isCased(_ neighbour: Unicode.Scalar?) -> Bool { neighbour?.properties.isCased ?? false }
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return isCased(before) && !isCased(after)
}
