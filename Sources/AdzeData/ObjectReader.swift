// Texts and labels out of the objects of JSON lines. Not here: lines, and the fields that are passed on.

internal import AdzeBytes

/// Takes texts and labels from JSON objects whose keys it finds in the first of them.
struct ObjectReader {
    /// Why an object is no row.
    struct Refusal: Error {
        let reason: RowError.Reason
    }

    private let columns: ColumnSelection
    private let isLabelled: Bool
    private var keys: NamedColumns?
    private var news: NamedColumns?

    init(columns: ColumnSelection, isLabelled: Bool) {
        self.columns = columns
        self.isLabelled = isLabelled
    }

    /// The keys that were found, once.
    mutating func takeNews() -> NamedColumns? {
        defer { news = nil }
        return news
    }

    /// The members of the object that a line is.
    static func members(of bytes: [UInt8]) throws(Refusal) -> [JSONMember] {
        guard (try? UTF8Span(validating: bytes.span)) != nil else { throw Refusal(reason: .invalidUTF8) }
        let found: JSONValue
        do throws(JSONError) {
            if let members = try JSONMemberScanner.members(of: bytes) { return members }
            found = try parseJSON(bytes, limits: JSONLimits(values: RowSource.valueLimit))
        } catch {
            throw Refusal(reason: .json(error))
        }
        throw Refusal(reason: .notAnObject(found: found.kindName))
    }

    /// Sets the row's text, pair and label, and gives the places of the texts among the members.
    mutating func read(_ members: [JSONMember], of bytes: [UInt8], into row: inout Row) throws(Refusal) -> [Int] {
        let object = Object(members: members, bytes: bytes)
        let (keys, said) = try keys(of: object)
        guard let place = try object.place(of: keys.text) else { throw object.missing(keys.text) }
        row.text = try object.text(at: place, keys.text)
        var texts = [place]
        if let name = keys.pair {
            let place = try object.place(of: name)
            let isNull = try place.map { (place) throws(Refusal) in try object.isNull(at: place) } ?? true
            if let place, keys.needsPair || !isNull {
                row.pair = try object.text(at: place, name)
                texts.append(place)
            } else if keys.needsPair {
                throw object.missing(name)
            }
        }
        if let name = keys.label {
            let isRequired = isLabelled || columns.label != nil
            if isRequired {
                guard let place = try object.place(of: name) else { throw object.missing(name) }
                row.label = try object.label(at: place, name)
            } else if let place = try? object.place(of: name) {
                // A label that nobody asked for need be none.
                row.label = try? object.label(at: place, name)
            }
        }
        if self.keys == nil { (self.keys, news) = (keys, said) }
        return texts
    }

    /// The keys that are selected, or usual, as the first row has them, and what of them a person should hear; an object
    /// with other usual ones has those.
    private func keys(of object: Object) throws(Refusal) -> (keys: NamedColumns, said: NamedColumns) {
        if let keys, try object.place(of: keys.text) != nil { return (keys, keys) }
        do throws(DataError) {
            var found = try columns.located(in: object.names, needsLabel: isLabelled)
            let taken = found
            // The pair may be in later objects only.
            if found.pair == nil, columns.role == .textOrPair { (found.pair, found.needsPair) = ("text_pair", false) }
            if found.label == nil { found.label = "label" }
            return (found, taken)
        } catch {
            switch error {
            case .noColumn(let name, let nearest, _, _): throw Refusal(reason: .missingKey(name, nearest: nearest))
            case .noLabelColumn: throw object.missing("label")
            default: throw Refusal(reason: .missingKey("text", nearest: nil))
            }
        }
    }
}

/// One object, whose values are parsed when they are asked for.
private struct Object {
    let members: [JSONMember]
    let bytes: [UInt8]

    /// The keys; those that are no text are left out.
    var names: [String] { members.compactMap { $0.decodedName(in: bytes) } }

    /// The place of a key; throws where it is there twice.
    func place(of name: String) throws(ObjectReader.Refusal) -> Int? {
        var place: Int?
        for (index, member) in members.enumerated() where member.isNamed(name, in: bytes) {
            guard place == nil else {
                throw ObjectReader.Refusal(reason: .json(.duplicateKey(name, offset: member.key.lowerBound)))
            }
            place = index
        }
        return place
    }

    func missing(_ name: String) -> ObjectReader.Refusal {
        ObjectReader.Refusal(reason: .missingKey(name, nearest: nearestName(to: name, in: names)))
    }

    func isNull(at place: Int) throws(ObjectReader.Refusal) -> Bool { try value(at: place).isNull }

    func text(at place: Int, _ name: String) throws(ObjectReader.Refusal) -> String {
        let value = try value(at: place)
        guard let text = value.string else { throw wrongType(name, "a string", value) }
        return text
    }

    /// A label, or a list of such.
    func label(at place: Int, _ name: String) throws(ObjectReader.Refusal) -> LabelValue {
        let value = try value(at: place)
        guard let elements = value.array else { return .one(try label(value, name)) }
        return .several(try elements.map { (element) throws(ObjectReader.Refusal) in try label(element, name) })
    }

    private func label(_ value: JSONValue, _ name: String) throws(ObjectReader.Refusal) -> String {
        switch value {
        case .string(let string): return string
        case .integer, .number, .bool: return value.text
        default: throw wrongType(name, "a string, a number, a truth value or a list of such", value)
        }
    }

    private func wrongType(_ name: String, _ expected: String, _ found: JSONValue) -> ObjectReader.Refusal {
        ObjectReader.Refusal(reason: .wrongType(key: name, expected: expected, found: found.kindName))
    }

    private func value(at place: Int) throws(ObjectReader.Refusal) -> JSONValue {
        let member = members[place]
        do throws(JSONError) {
            return try parseJSON(Array(bytes[member.value]), limits: JSONLimits(values: RowSource.valueLimit))
        } catch {
            throw ObjectReader.Refusal(reason: .json(error.moved(by: member.value.lowerBound)))
        }
    }
}

extension JSONError {
    /// The error of a part of a text, with offsets in the whole.
    fileprivate func moved(by distance: Int) -> JSONError {
        switch self {
        case .tooDeep(let offset, let limit): .tooDeep(offset: offset + distance, limit: limit)
        case .invalidUTF8(let offset): .invalidUTF8(offset: offset + distance)
        case .unexpected(let offset, let expected, let found):
            .unexpected(offset: offset + distance, expected: expected, found: found)
        case .duplicateKey(let key, let offset): .duplicateKey(key, offset: offset + distance)
        case .loneSurrogate(let offset): .loneSurrogate(offset: offset + distance)
        case .numberOutOfRange(let offset): .numberOutOfRange(offset: offset + distance)
        case .trailingText(let offset): .trailingText(offset: offset + distance)
        case .tooLarge, .tooManyValues, .byteOrderMark: self
        }
    }
}
