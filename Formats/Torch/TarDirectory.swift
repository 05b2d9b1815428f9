// The members of a tar archive, as far as torch wrote them: regular files and the extended headers before them. Not here:
// what the members hold. Source: POSIX.1-2001, pax, "ustar Interchange Format".

internal import AdzeBytes

/// Where the members of an archive are, by name.
struct TarDirectory {
    private(set) var members: [String: Range<Int>] = [:]
    /// Four are expected, each with at most one extended header.
    private static let memberLimit = 16
    private static let block = 512

    /// Reads the headers; throws `TorchError.tar`.
    ///
    /// Whatever two readers could take for different archives is refused: extended headers that move a member or rename
    /// it, other kinds of members, the same name twice, bytes after the end.
    init(file: InputFile) throws(TorchError) {
        var offset = 0
        var count = 0
        while true {
            let header = try TarDirectory.block(file, offset)
            if header.allSatisfy({ $0 == 0 }) { break }
            count += 1
            guard count <= TarDirectory.memberLimit else {
                throw .tar(offset: offset, detail: "more than \(TarDirectory.memberLimit) members; expected 4")
            }
            let fields = try TarFields(header, at: offset)
            let start = offset + TarDirectory.block
            guard fields.size <= file.size - start else {
                throw .tar(
                    offset: offset,
                    detail: "\(quoted(fields.name)) has \(fields.size) bytes, \(file.size - start) are left")
            }
            switch fields.kind {
            case 0, UInt8(ascii: "0"):
                guard members.updateValue(start..<start + fields.size, forKey: fields.name) == nil else {
                    throw .tar(offset: offset, detail: "\(quoted(fields.name)) is there twice")
                }
            case UInt8(ascii: "x"): try TarDirectory.checkExtended(file, start, fields.size)
            default:
                throw .tar(
                    offset: offset,
                    detail: "\(quoted(fields.name)) is no regular file but of type 0x\(String(fields.kind, radix: 16))")
            }
            // Inside the file up to the padding, which the next block's read checks.
            offset = start + (fields.size + TarDirectory.block - 1) / TarDirectory.block * TarDirectory.block
        }
        try TarDirectory.checkEnd(file, offset)
    }

    private static func block(_ file: InputFile, _ offset: Int) throws(TorchError) -> [UInt8] {
        guard file.size - offset >= block else { throw .tar(offset: offset, detail: "the archive ends too early") }
        return try file.torchRead(at: offset, count: block)
    }

    /// Nothing but zeros follows the last member, two blocks of them at least.
    private static func checkEnd(_ file: InputFile, _ end: Int) throws(TorchError) {
        guard file.size - end >= 2 * block else { throw .tar(offset: end, detail: "the end is not marked") }
        // Archives are filled up to a multiple of 10 KiB.
        guard file.size - end <= 64 * block else {
            throw .tar(offset: end, detail: "\(file.size - end) bytes follow the last member")
        }
        guard try file.torchRead(at: end, count: file.size - end).allSatisfy({ $0 == 0 }) else {
            throw .tar(offset: end, detail: "bytes that are not zero follow the last member")
        }
    }

    /// An extended header may state times and owners of the member after it, and nothing that would change what is read.
    private static func checkExtended(_ file: InputFile, _ start: Int, _ size: Int) throws(TorchError) {
        guard size <= 64 * block else { throw .tar(offset: start, detail: "an extended header of \(size) bytes") }
        let harmless: Set<String> = ["mtime", "atime", "ctime", "uid", "gid", "uname", "gname"]
        var rest = try file.torchRead(at: start, count: size)[...]
        while !rest.isEmpty {
            // "LENGTH KEY=VALUE\n", where the length counts itself.
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")), space - rest.startIndex <= 5,
                let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
                length > space - rest.startIndex + 1, length <= rest.count,
                let equals = rest[..<(rest.startIndex + length)].firstIndex(of: UInt8(ascii: "=")), equals > space
            else { throw .tar(offset: start, detail: "a damaged extended header") }
            let key = String(decoding: rest[(space + 1)..<equals], as: UTF8.self)
            guard harmless.contains(key) else {
                throw .tar(offset: start, detail: "an extended header states \(quoted(key))")
            }
            rest = rest.dropFirst(length)
        }
    }
}

/// The fields of a header that matter.
private struct TarFields {
    let name: String
    let size: Int
    let kind: UInt8

    init(_ header: [UInt8], at offset: Int) throws(TorchError) {
        func number(_ range: Range<Int>) -> Int? {
            let digits = header[range].drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
            return digits.isEmpty ? nil : Int(String(decoding: digits, as: UTF8.self), radix: 8)
        }
        guard header[257..<262].elementsEqual("ustar".utf8) else {
            throw .tar(offset: offset, detail: "expected a header")
        }
        // The checksum is taken with its own field as spaces.
        let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 0x20 : Int($1.element)) }
        guard number(148..<156) == sum else { throw .tar(offset: offset, detail: "the header's checksum is wrong") }
        guard let size = number(124..<136), size >= 0 else { throw .tar(offset: offset, detail: "a malformed size") }
        let bytes = header[0..<100].prefix { $0 != 0 }
        // No member of torch's has a prefix, which begins at 345.
        guard header[345] == 0, let name = String(validating: bytes, as: UTF8.self) else {
            throw .tar(offset: offset, detail: "a name that no checkpoint has")
        }
        self.name = name
        self.size = size
        kind = header[156]
    }
}
