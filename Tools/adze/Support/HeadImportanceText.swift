// Lines and JSON about the attention heads that a model lost. Not here: measuring what they are worth.

import Adze

/// Tables of heads that were dropped.
enum HeadImportanceText {
    /// A line for each block: how many heads it has left, and which went.
    static func lines(_ found: HeadImportance, dropped: [AttentionHead]) -> [String] {
        var table = TextTable()
        table.add(["block", "heads", "left", "dropped"])
        for (block, entries) in found.blocks {
            let gone = dropped.filter { $0.block == block }.map(\.number).sorted()
            table.add([
                "\(block)", "\(entries.count)", "\(entries.count - gone.count)",
                gone.isEmpty ? "none" : gone.map(String.init).joined(separator: ", "),
            ])
        }
        return table.lines
    }

    /// The members of a report: the heads that went, and what each was worth.
    static func json(_ found: HeadImportance, dropped: [AttentionHead]) -> JSONObject {
        let gone = Set(dropped)
        let entries = found.entries.map { entry in
            JSONValue.object([
                "block": .integer(entry.head.block), "head": .integer(entry.head.number),
                "gradient": .number(entry.gradient), "importance": .number(entry.importance),
                "dropped": .bool(gone.contains(entry.head)),
            ])
        }
        return [
            "examples": .integer(found.exampleCount), "droppedHeads": .object(PrunedHeads(dropped).json),
            "importance": .array(entries),
        ]
    }
}

extension HeadImportance {
    /// The entries of each block, in order.
    fileprivate var blocks: [(block: Int, entries: [Entry])] {
        Dictionary(grouping: entries, by: \.head.block).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
