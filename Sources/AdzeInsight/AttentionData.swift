// The weights that a page of attention carries, as few bytes as show them. Not here: drawing them, which is the page's
// script.
//
// A view is a head, the mean of a layer's heads, or rollout: view layer · (A + 1) + head, head A being the mean; the last
// is rollout. A row is what one token looks at: a scale and T codes of a byte, its largest weight being code 255. A head
// that was dropped has zeros.

internal import Adze
internal import AdzeBytes

/// The weights of a page.
struct AttentionData {
    /// The views of which every row is here; of the others only that of the selected token is.
    let full: [Int]
    /// Every row of those views.
    let fullRows: [UInt8]
    /// The row of the selected token of every view.
    let rows: [UInt8]
    /// A picture of every view, `side` · `side` bytes.
    let pictures: [UInt8]
    let side: Int
    /// The number of views.
    let viewCount: Int
    private let map: AttentionMap

    /// Bytes of whole views: a page of 512 tokens stays well below 2 MB.
    private static let budget = 900_000
    /// The side of a picture.
    private static let pictureSide = 16

    /// Rows for a selection, whose own view is taken first, then rollout, the layers' means from the last on, and heads.
    init(_ report: AttentionReport) {
        let map = report.map
        self.map = map
        let (layers, heads, tokens) = (map.layerCount, map.headCount, map.tokenCount)
        let viewCount = layers * (heads + 1) + 1
        self.viewCount = viewCount
        side = min(tokens, AttentionData.pictureSide)
        let selected = report.layer * (heads + 1) + (report.selection.head ?? heads)
        var order = [selected, viewCount - 1] + (0..<layers).reversed().map { $0 * (heads + 1) + heads }
        order += (0..<viewCount).reversed()
        let room = AttentionData.budget / (tokens * (tokens + 4))
        var (taken, seen): ([Int], Set<Int>) = ([], [])
        for view in order where taken.count < room && seen.insert(view).inserted { taken.append(view) }
        full = taken

        let rollout = map.rollout()
        var (fullRows, rows, pictures): ([Int: [UInt8]], [UInt8], [UInt8]) = ([:], [], [])
        for view in 0..<viewCount {
            let (layer, head) = view.quotientAndRemainder(dividingBy: heads + 1)
            let isRollout = view == viewCount - 1
            let matrix = isRollout ? rollout : map.matrix(layer: layer, head: head == heads ? nil : head)
            let coded = (0..<tokens).map { AttentionData.coded(matrix[$0 * tokens..<($0 + 1) * tokens]) }
            rows += coded[report.selection.token]
            if seen.contains(view), taken.contains(view) { fullRows[view] = coded.flatMap { $0 } }
            pictures += AttentionData.picture(matrix, tokens: tokens, side: side)
        }
        self.fullRows = taken.flatMap { fullRows[$0] ?? [] }
        (self.rows, self.pictures) = (rows, pictures)
    }

    /// The scale as a little-endian float, and the codes.
    private static func coded(_ row: ArraySlice<Float>) -> [UInt8] {
        let top = row.max() ?? 0
        let scale = top / 255
        var out = [UInt8]()
        out.reserveCapacity(row.count + 4)
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            out.append(UInt8(truncatingIfNeeded: scale.bitPattern >> shift))
        }
        for weight in row { out.append(scale > 0 ? UInt8(min(255, (weight / scale).rounded())) : 0) }
        return out
    }

    /// The largest weight of each square of a matrix, the largest of all being 255.
    private static func picture(_ matrix: [Float], tokens: Int, side: Int) -> [UInt8] {
        var cells = [Float](repeating: 0, count: side * side)
        for row in 0..<tokens {
            let first = row * side / tokens * side
            for column in 0..<tokens {
                let cell = first + column * side / tokens
                cells[cell] = max(cells[cell], matrix[row * tokens + column])
            }
        }
        let top = cells.max() ?? 0
        return cells.map { top > 0 ? UInt8(min(255, ($0 / top * 255).rounded())) : 0 }
    }

    /// Whether every row of every view is here.
    var isWhole: Bool { full.count == viewCount }

    /// What the script is told beside the bytes: numbers alone.
    func plan(_ report: AttentionReport) -> JSONObject {
        [
            "tokens": .integer(map.tokenCount), "layers": .integer(map.layerCount), "heads": .integer(map.headCount),
            "layer": .integer(report.layer), "head": .integer(report.selection.head ?? map.headCount),
            "token": .integer(report.selection.token), "normalization": .string(report.normalization.rawValue),
            "side": .integer(side), "full": .array(full.map(JSONValue.integer)),
            "dropped": .array(
                map.prunedHeads.blocks.flatMap { layer in
                    map.prunedHeads.numbers(ofBlock: layer).map { .integer(layer * (map.headCount + 1) + $0) }
                }),
            "shown": .array(report.shown.map(JSONValue.integer)),
        ]
    }
}

/// Bytes in base64 (RFC 4648).
func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let part = bytes[start..<min(start + 3, bytes.count)]
        let value = part.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << (16 - 8 * UInt32($1.offset)) }
        for index in 0..<4 {
            let digit = digits[Int(value >> (18 - 6 * UInt32(index)) & 63)]
            out.append(index <= part.count ? digit : UInt8(ascii: "="))
        }
    }
    return String(decoding: out, as: UTF8.self)
}
