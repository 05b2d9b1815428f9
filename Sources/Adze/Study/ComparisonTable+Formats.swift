// The table of a comparison as JSON, CSV and LaTeX: the same columns in each. Not here: the page.

public import AdzeBytes

extension ComparisonTable {
    /// The rows, the configuration to take, and the test score.
    public var json: JSONObject {
        func object(_ estimate: Estimate) -> JSONValue {
            .object(["mean": .finite(estimate.mean), "standardError": .finite(estimate.standardError)])
        }
        let (bySize, bySpeed) = (front { Double($0.bytes) }, front { -$0.textsPerSecond })
        let rows = rows.map { row -> JSONValue in
            var object: JSONObject = [
                "configuration": .string(row.configuration.name), "head": .string(row.configuration.head),
                "blocks": .array(row.configuration.blocks.map { .integer($0) }), "score": object(row.score),
                "int8Score": object(row.int8Score), "epochs": object(row.epochs),
                "parameters": .integer(row.parameters), "bytes": .integer(row.bytes),
                "textsPerSecond": .finite(row.textsPerSecond), "seconds": object(row.seconds),
                "isLevelWithBest": best == nil ? .null : .bool(standing(of: row) != .behind),
                "isOnFrontOfBytes": .bool(bySize.contains(row)), "isOnFrontOfSpeed": .bool(bySpeed.contains(row)),
                "runs": .array(row.runs.map { .object($0.json) }),
            ]
            if let size = row.configuration.wordTableSize { object["wordTable"] = .integer(size) }
            return .object(object)
        }
        var json: JSONObject = [
            "metric": .string(metric), "devTexts": .integer(devCount), "seeds": .integer(seedCount),
            "rows": .array(rows),
        ]
        json["best"] = best.map { .string($0.configuration.name) } ?? .null
        json["enough"] = enough.map { .string($0.configuration.name) } ?? .null
        if let test {
            json["test"] = .object([
                "configuration": best.map { .string($0.configuration.name) } ?? .null, "score": object(test),
                "texts": .integer(testCount), "testedBefore": .array(testedBefore.map(JSONValue.string)),
            ])
        }
        return json
    }

    /// RFC 4180, a line a configuration; a number that is not known is empty.
    public var csv: String {
        func figure(_ value: Double?) -> String { value.map { $0.isFinite ? "\($0)" : "" } ?? "" }
        var lines = [
            "blocks,head,score,score_error,int8_score,int8_score_error,epochs,parameters,bytes,texts_per_second,seconds,word_table"
        ]
        for row in rows {
            let cells = [
                "\(row.configuration.blocks.count)", row.configuration.head, figure(row.score.mean),
                figure(row.score.standardError), figure(row.int8Score.mean), figure(row.int8Score.standardError),
                figure(row.epochs.mean), "\(row.parameters)", "\(row.bytes)", figure(row.textsPerSecond),
                figure(row.seconds.mean), row.configuration.wordTableSize.map { "\($0)" } ?? "",
            ]
            lines.append(cells.joined(separator: ","))
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// A `tabular` for a paper, with booktabs' rules; the best score, and those level with it, are bold.
    public var latex: String {
        var lines = [
            "\\begin{tabular}{rlrrrrrr}", "\\toprule",
            "Blocks & Head & Epochs & \(ComparisonTable.escaped(metric)) & int8 & Parameters (M) & MB & Texts/s \\\\",
            "\\midrule",
        ]
        for row in rows {
            let error = row.score.standardError.map { " \\pm " + rounded($0, digits: 4) } ?? ""
            let score = rounded(row.score.mean, digits: 4)
            let isBold = standing(of: row) != .behind
            let cells = [
                row.configuration.wordTableSize.map { "table of \($0)" } ?? "\(row.configuration.blocks.count)",
                ComparisonTable.escaped(row.configuration.head), rounded(row.epochs.mean, digits: 1),
                "$" + (isBold ? "\\mathbf{\(score)}" : score) + error + "$",
                rounded(row.int8Score.mean, digits: 4), rounded(Double(row.parameters) / 1e6, digits: 1),
                rounded(Double(row.bytes) / 1e6, digits: 1), rounded(row.textsPerSecond, digits: 0),
            ]
            lines.append(cells.joined(separator: " & ") + " \\\\")
        }
        return (lines + ["\\bottomrule", "\\end{tabular}"]).joined(separator: "\n") + "\n"
    }

    /// Words as LaTeX sets them.
    private static func escaped(_ words: String) -> String {
        words.map { "_%&#$".contains($0) ? "\\\($0)" : "\($0)" }.joined()
    }
}
