// The header of a safetensors file: parsed and checked against the size of the data. Not here: reading a tensor.
//
// The rules are those of `safetensors/src/tensor.rs` (0.8) and some of ours: a header of 25 MB at most, a nesting of 3,
// ranks up to 8, names of 1,024 bytes at most and without control characters, no duplicate keys, no NUL padding.
// Unknown fields of a tensor's entry are ignored, as the reference does.

internal import AdzeBytes
internal import AdzeTensors

/// A checked header: the entries cover the data without hole or overlap, in the order of their offsets.
struct SafetensorsHeader {
    /// The longest header that is read; the reference takes 100 MB, no model that we run needs a tenth of that.
    static let maximumLength = 25_000_000
    static let maximumNameLength = 1024
    static let metadataKey = "__metadata__"

    /// One tensor; `begin` counts from the first byte after the header.
    struct Entry {
        let name: String
        let dtype: SafetensorsDType
        let shape: Shape
        let begin: Int
        let end: Int
    }

    let entries: [Entry]
    let metadata: [(String, String)]

    /// The stated length of the header from the file's first eight bytes, checked against the file's size.
    static func length(prefix: [UInt8], fileSize: Int) throws(SafetensorsError) -> Int {
        // A file that gives eight bytes has them, so that the subtraction below is safe.
        guard prefix.count == 8 else { throw .tooShort(size: fileSize) }
        let stated = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard stated <= UInt64(maximumLength) else { throw .headerTooLong(length: stated, limit: maximumLength) }
        let length = Int(stated)
        guard length <= fileSize - 8 else { throw .headerPastTheEnd(length: length, size: fileSize) }
        return length
    }

    /// Parses the header's text; `dataSize` is the number of bytes after it.
    init(text: [UInt8], dataSize: Int) throws(SafetensorsError) {
        if let last = text.lastIndex(where: { $0 != 0 }), last + 1 < text.count { throw .nulPadding(offset: last + 9) }
        let value: JSONValue
        do throws(JSONError) {
            // An entry takes 50 bytes and more for some 8 values: the longest honest header stays below the limit, and
            // one of nothing but small numbers does not grow to many times its size in memory.
            let limits = JSONLimits(bytes: SafetensorsHeader.maximumLength, depth: 3, values: 4_000_000)
            value = try parseJSON(text, limits: limits)
        } catch {
            throw .json(error)
        }
        guard let object = value.object else { throw .notAnObject(found: value.kindName) }
        var entries: [Entry] = []
        var metadata: [(String, String)] = []
        // JSON tells a composed name from a decomposed one; the names of a store are one where Swift says they are.
        var names: Set<String> = []
        entries.reserveCapacity(object.count)
        for (name, value) in object {
            if name == SafetensorsHeader.metadataKey {
                metadata = try SafetensorsHeader.metadata(value)
            } else {
                guard names.insert(name).inserted else { throw .duplicateName(name) }
                entries.append(try SafetensorsHeader.entry(name: name, value: value))
            }
        }
        // Empty tensors share their offsets with a neighbour: `sort` is stable, so those keep the header's order.
        entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
        try SafetensorsHeader.checkCover(entries, dataSize: dataSize)
        self.entries = entries
        self.metadata = metadata
    }

    private static func metadata(_ value: JSONValue) throws(SafetensorsError) -> [(String, String)] {
        // The reference takes a null for no metadata: its field is an Option.
        if value.isNull { return [] }
        guard let object = value.object else { throw .metadata(key: nil, found: value.kindName) }
        var pairs: [(String, String)] = []
        for (key, value) in object {
            guard let text = value.string else { throw .metadata(key: key, found: value.kindName) }
            pairs.append((key, text))
        }
        return pairs
    }

    /// Refuses names that no reader of ours takes.
    static func check(name: String) throws(SafetensorsError) {
        let length = name.utf8.count
        guard length <= maximumNameLength else {
            throw .name(name, reason: "\(length) bytes; at most \(maximumNameLength) are read")
        }
        guard name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .name(name, reason: "control characters are refused")
        }
    }

    private static func entry(name: String, value: JSONValue) throws(SafetensorsError) -> Entry {
        try check(name: name)
        guard let object = value.object else {
            throw .field(tensor: name, field: "entry", expected: "an object", found: value.kindName)
        }
        guard let dtypeName = object["dtype"]?.string else {
            throw .field(tensor: name, field: "dtype", expected: "a string", found: found(object["dtype"]))
        }
        guard let dtype = SafetensorsDType(rawValue: dtypeName) else {
            let nearest = nearestName(to: dtypeName, in: SafetensorsDType.allCases.map(\.rawValue))
            throw .unknownDType(tensor: name, dtype: dtypeName, nearest: nearest)
        }
        let offsets = try integers(object["data_offsets"], tensor: name, field: "data_offsets")
        guard offsets.count == 2 else {
            throw .field(
                tensor: name, field: "data_offsets", expected: "a list of 2", found: "a list of \(offsets.count)")
        }
        let shape = try shape(object["shape"], tensor: name)
        let (begin, end) = (offsets[0], offsets[1])
        guard begin <= end else { throw .reversedOffsets(tensor: name, begin: begin, end: end) }
        let bytes = try byteCount(tensor: name, dtype: dtype, shape: shape)
        guard bytes == end - begin else {
            throw .byteCount(tensor: name, shape: shape, dtype: dtypeName, expected: bytes, found: end - begin)
        }
        return Entry(name: name, dtype: dtype, shape: shape, begin: begin, end: end)
    }

    private static func shape(_ value: JSONValue?, tensor: String) throws(SafetensorsError) -> Shape {
        let dimensions = try integers(value, tensor: tensor, field: "shape")
        guard dimensions.count <= Shape.maximumRank else {
            let reason = "\(dimensions.count) dimensions; at most \(Shape.maximumRank) are read"
            throw .shape(tensor: tensor, dimensions: dimensions, reason: reason)
        }
        guard let shape = Shape(dimensions) else {
            throw .shape(tensor: tensor, dimensions: dimensions, reason: "the number of elements overflows")
        }
        return shape
    }

    private static func byteCount(
        tensor: String, dtype: SafetensorsDType, shape: Shape
    ) throws(SafetensorsError) -> Int {
        // No overflow: a Shape's elements times eight bytes fit Int, and no type here has more than eight. Whole
        // bytes of eight elements come first because the count of bits need not fit.
        let rest = shape.count % 8 * dtype.bits
        guard rest % 8 == 0 else { throw .oddBits(tensor: tensor, dtype: dtype.rawValue, bits: rest) }
        return shape.count / 8 * dtype.bits + rest / 8
    }

    /// Whole numbers ≥ 0; `1e3`, `-1`, `2.0` and numbers beyond `Int` are none.
    private static func integers(
        _ value: JSONValue?, tensor: String, field: String
    ) throws(SafetensorsError) -> [Int] {
        guard let values = value?.array else {
            throw .field(tensor: tensor, field: field, expected: "a list", found: found(value))
        }
        var integers: [Int] = []
        integers.reserveCapacity(values.count)
        for value in values {
            guard let integer = value.integer, integer >= 0 else {
                throw .field(tensor: tensor, field: field, expected: "whole numbers ≥ 0", found: value.kindName)
            }
            integers.append(integer)
        }
        return integers
    }

    private static func found(_ value: JSONValue?) -> String { value?.kindName ?? "nothing" }

    private static func checkCover(_ entries: [Entry], dataSize: Int) throws(SafetensorsError) {
        var end = 0
        for entry in entries {
            guard entry.begin >= end else {
                throw .overlap(tensor: entry.name, begin: entry.begin, previousEnd: end)
            }
            guard entry.begin == end else { throw .hole(tensor: entry.name, begin: entry.begin, previousEnd: end) }
            end = entry.end
        }
        guard end <= dataSize else { throw .truncated(expected: end, found: dataSize) }
        guard end == dataSize else { throw .trailingBytes(expected: end, found: dataSize) }
    }
}
