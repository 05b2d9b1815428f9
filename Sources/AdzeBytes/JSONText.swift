// Writing JSON: compact or indented, always the same bytes for the same value. Not here: parsing.

extension JSONValue {
    /// The value as compact JSON: no white space, keys in their order, shortest numbers, non-ASCII as it is but for the
    /// characters that control how text is shown, which are escaped.
    ///
    /// Infinite numbers and NaN have no JSON form and are written as `null`.
    public var text: String {
        var out = ""
        write(to: &out, indent: nil, level: 0)
        return out
    }

    /// The value's one compact text: keys sorted, and in strings nothing escaped but what JSON demands and DEL. What
    /// file formats of ours are checked against, and what digests are of; it is not for a terminal.
    public var canonicalText: String {
        var out = ""
        canonical.write(to: &out, indent: nil, level: 0, escapesAll: false)
        return out
    }

    /// The value as JSON for people, two spaces a level, without a closing newline.
    public var indentedText: String {
        var out = ""
        write(to: &out, indent: "  ", level: 0)
        return out
    }

    /// The value with the keys of every object sorted by their scalars, so that equal values have equal text.
    public var canonical: JSONValue {
        switch self {
        case .array(let values): return .array(values.map(\.canonical))
        case .object(let object):
            var sorted = JSONObject()
            for key in object.keys.sorted(by: { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }) {
                sorted[key] = object[key]?.canonical
            }
            return .object(sorted)
        default: return self
        }
    }

    private func write(to out: inout String, indent: String?, level: Int, escapesAll: Bool = true) {
        switch self {
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .integer(let value): out += String(value)
        case .number(let value): out += value.isFinite ? "\(value)" : "null"
        case .string(let value): writeString(value, to: &out, escapesAll: escapesAll)
        case .array(let values):
            writeList(open: "[", close: "]", count: values.count, to: &out, indent: indent, level: level) {
                index, out in
                values[index].write(to: &out, indent: indent, level: level + 1, escapesAll: escapesAll)
            }
        case .object(let object):
            let pairs = Array(object)
            writeList(open: "{", close: "}", count: pairs.count, to: &out, indent: indent, level: level) { index, out in
                writeString(pairs[index].key, to: &out, escapesAll: escapesAll)
                out += indent == nil ? ":" : ": "
                pairs[index].value.write(to: &out, indent: indent, level: level + 1, escapesAll: escapesAll)
            }
        }
    }

    private func writeList(
        open: String, close: String, count: Int, to out: inout String, indent: String?, level: Int,
        element: (Int, inout String) -> Void
    ) {
        func newLine(_ level: Int) {
            guard let indent, count > 0 else { return }
            out += "\n"
            for _ in 0..<level { out += indent }
        }
        out += open
        for index in 0..<count {
            if index > 0 { out += "," }
            newLine(level + 1)
            element(index, &out)
        }
        newLine(level)
        out += close
    }
}

/// Appends a string as a JSON literal with its quotes; characters that control how text is shown are escaped.
package func writeJSONString(_ string: String, to out: inout String) {
    writeString(string, to: &out, escapesAll: true)
}

private func writeString(_ string: String, to out: inout String, escapesAll: Bool) {
    out += "\""
    for scalar in string.unicodeScalars {
        switch scalar {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        case "\n": out += "\\n"
        case "\r": out += "\\r"
        case "\t": out += "\\t"
        case "\u{0}"..<"\u{20}", "\u{7F}": out += jsonEscape(of: scalar)
        case _ where escapesAll && scalar.controlsDisplay: out += jsonEscape(of: scalar)
        default: out.unicodeScalars.append(scalar)
        }
    }
    out += "\""
}
