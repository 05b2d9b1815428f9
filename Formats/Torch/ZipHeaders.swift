// One entry's two descriptions in a zip archive, and the check that they agree. Not here: the directory as a whole.
// Source: PKWARE APPNOTE 6.3.9, sections 4.3.7 (local), 4.3.9 (descriptor), 4.3.12 (central), 4.5.3 (zip64 extra).

internal import AdzeBytes

/// An entry as the central directory describes it.
struct ZipCentralHeader {
    let name: String
    let rawName: [UInt8]
    let localOffset: Int
    private let signature: UInt32
    private let flags: UInt16
    private let method: UInt16
    private let checksum: UInt32
    private let size: UInt64
    private let storedSize: UInt64
    private let disk: UInt16
    private let commentCount: Int
    private let isZip64Sound: Bool

    /// Bit 3: the sizes follow in a descriptor. Bit 11: the name is UTF-8.
    private static let allowedFlags: UInt16 = 0x0808

    init(_ cursor: inout ByteCursor) throws(OutOfBytes) {
        signature = try cursor.next(UInt32.self)
        _ = try cursor.next(UInt32.self)  // the versions: a directory that we understand needs no more than 4.5
        flags = try cursor.next(UInt16.self)
        method = try cursor.next(UInt16.self)
        _ = try cursor.next(UInt32.self)  // time and date
        checksum = try cursor.next(UInt32.self)
        let storedSize = try cursor.next(UInt32.self)
        let size = try cursor.next(UInt32.self)
        let nameCount = Int(try cursor.next(UInt16.self))
        let extraCount = Int(try cursor.next(UInt16.self))
        commentCount = Int(try cursor.next(UInt16.self))
        disk = try cursor.next(UInt16.self)
        _ = try cursor.next(UInt16.self)  // internal attributes
        _ = try cursor.next(UInt32.self)  // external attributes
        let offset = try cursor.next(UInt32.self)
        rawName = try cursor.copy(nameCount)
        let extra = try cursor.copy(extraCount)
        _ = try cursor.copy(commentCount)
        name = String(decoding: rawName, as: UTF8.self)
        let wide = ZipExtra(extra, for: [UInt64(size), UInt64(storedSize), UInt64(offset)])
        // A value for a field that is not saturated would be ignored by some readers and taken by others.
        isZip64Sound = wide.map { $0.rest.isEmpty && $0.fields[2] <= UInt64(Int.max) } ?? false
        self.size = wide?.fields[0] ?? 0
        self.storedSize = wide?.fields[1] ?? 0
        localOffset = Int(exactly: wide?.fields[2] ?? 0) ?? 0
    }

    /// Checks what can be said without the local header.
    func check() throws(TorchError) {
        guard signature == 0x0201_4B50 else {
            throw .zip(.directory, entry: name, detail: "expected an entry's signature")
        }
        guard String(validating: rawName, as: UTF8.self) != nil else {
            throw .zip(.badName, entry: name, detail: "expected UTF-8")
        }
        guard isZip64Sound else { throw .zip(.zip64, entry: name, detail: "the extra field is damaged") }
        guard commentCount == 0 else { throw .zip(.comment, entry: name, detail: "expected none") }
        guard disk == 0 else { throw .zip(.split, entry: name, detail: "disk \(disk)") }
        guard flags & ~ZipCentralHeader.allowedFlags == 0 else {
            throw .zip(.flags, entry: name, detail: "0x\(String(flags, radix: 16))")
        }
        guard method == 0 else {
            let kind = method == 8 ? "deflate" : "method \(method)"
            throw .zip(
                .compressed, entry: name, detail: "\(kind); torch stores entries as they are, save it again with torch")
        }
        guard size == storedSize else {
            throw .zip(.directory, entry: name, detail: "stored \(size) bytes in \(storedSize)")
        }
    }

    /// Reads the local header and what follows the content; the entry must end exactly at `next`.
    func checkLocal(in file: InputFile, next: Int) throws(TorchError) -> ZipEntry {
        let room = next - localOffset
        guard room >= 30 else { throw .zip(.overlap, entry: name, detail: "\(room) bytes for its header") }
        let fixed = try ZipDirectory.read(file, at: localOffset, count: 30)
        guard let local = try? LocalHeader(fixed), local.signature == 0x0403_4B50 else {
            throw .zip(.localHeader, entry: name, detail: "no local header at offset \(localOffset)")
        }
        let contentOffset = 30 + local.nameCount + local.extraCount
        guard room >= contentOffset, UInt64(room - contentOffset) >= size else {
            throw .zip(.overlap, entry: name, detail: "\(size) bytes do not fit before offset \(next)")
        }
        let variable = try ZipDirectory.read(file, at: localOffset + 30, count: local.nameCount + local.extraCount)
        guard Array(variable[..<local.nameCount]) == rawName else {
            throw .zip(.localHeader, entry: name, detail: "expected the same name in both")
        }
        try checkFields(local, extra: Array(variable[local.nameCount...]))
        // The size fits `room`, an `Int`.
        let contentEnd = localOffset + contentOffset + Int(size)
        try checkDescriptor(
            ZipDirectory.read(file, at: contentEnd, count: min(next - contentEnd, 32)), room: next - contentEnd)
        return ZipEntry(name: name, offset: localOffset + contentOffset, size: Int(size), checksum: checksum)
    }

    private func checkFields(_ local: LocalHeader, extra: [UInt8]) throws(TorchError) {
        guard local.flags == flags, local.method == method else {
            throw .zip(.localHeader, entry: name, detail: "expected the same flags and method in both")
        }
        // With a descriptor the local sizes may be zero; if they are not, they must be right all the same.
        let mayBeZero = flags & 8 != 0
        guard let wide = ZipExtra(extra, for: [UInt64(local.size), UInt64(local.storedSize)]), isTrue(wide.rest) else {
            throw .zip(.zip64, entry: name, detail: "the local extra field is damaged or says something else")
        }
        for (found, expected) in [
            (wide.fields[0], size), (wide.fields[1], size), (UInt64(local.checksum), UInt64(checksum)),
        ]
        where found != expected && !(mayBeZero && found == 0) {
            throw .zip(.localHeader, entry: name, detail: "expected \(expected), found \(found)")
        }
    }

    /// Whether zip64 values that no local field refers to are true: torch states sizes of 4 GiB and an offset past it so,
    /// the stored size as zero while it is still to come.
    private func isTrue(_ unasked: [UInt64]) -> Bool {
        let offset = UInt64(localOffset)
        let sizes = flags & 8 == 0 ? [[size, size]] : [[size, size], [size, 0]]
        return unasked.isEmpty || unasked == [offset] || sizes.contains(unasked)
            || sizes.contains { unasked == $0 + [offset] }
    }

    /// Nothing follows the content, or with bit 3 a descriptor of 16 or, with wide sizes, 24 bytes.
    private func checkDescriptor(_ bytes: [UInt8], room: Int) throws(TorchError) {
        guard flags & 8 != 0 else {
            guard room == 0 else { throw .zip(.gap, entry: name, detail: "\(room) bytes after it") }
            return
        }
        guard room == 16 || room == 24 else {
            throw .zip(.descriptor, entry: name, detail: "expected 16 or 24 bytes, found \(room)")
        }
        func field(_ at: Int, _ count: Int) -> UInt64 {
            bytes[at..<at + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let width = room == 16 ? 4 : 8
        guard field(0, 4) == 0x0807_4B50, field(4, 4) == UInt64(checksum), field(8, width) == size,
            field(8 + width, width) == size
        else { throw .zip(.descriptor, entry: name, detail: "expected the same checksum and sizes in both") }
    }
}

private struct LocalHeader {
    let signature: UInt32
    let flags: UInt16
    let method: UInt16
    let checksum: UInt32
    let storedSize: UInt32
    let size: UInt32
    let nameCount: Int
    let extraCount: Int

    /// The fixed part of a local header: 30 bytes.
    init(_ bytes: [UInt8]) throws(OutOfBytes) {
        var cursor = ByteCursor(bytes.span.bytes)
        signature = try cursor.next(UInt32.self)
        _ = try cursor.next(UInt16.self)  // version
        flags = try cursor.next(UInt16.self)
        method = try cursor.next(UInt16.self)
        _ = try cursor.next(UInt32.self)  // time and date
        checksum = try cursor.next(UInt32.self)
        storedSize = try cursor.next(UInt32.self)
        size = try cursor.next(UInt32.self)
        nameCount = Int(try cursor.next(UInt16.self))
        extraCount = Int(try cursor.next(UInt16.self))
    }
}

/// The extra fields of an entry, of which only zip64's means something.
struct ZipExtra {
    /// The plain fields, every saturated one (0xFFFFFFFF) replaced from the zip64 extra field in order.
    private(set) var fields: [UInt64]
    /// The zip64 values that no saturated field asked for.
    private(set) var rest: [UInt64] = []

    /// Nil where the extra fields are damaged, zip64 appears twice, or a saturated field has no replacement.
    init?(_ extra: [UInt8], for plain: [UInt64]) {
        fields = plain
        var wide: [UInt8]?
        var cursor = ByteCursor(extra.span.bytes)
        do throws(OutOfBytes) {
            while cursor.left > 0 {
                let id = try cursor.next(UInt16.self)
                let content = try cursor.copy(Int(cursor.next(UInt16.self)))
                guard id == 1 else { continue }
                guard wide == nil else { return nil }
                wide = content
            }
            let content = wide ?? []
            var values = ByteCursor(content.span.bytes)
            for index in fields.indices where fields[index] == 0xFFFF_FFFF {
                fields[index] = try values.next(UInt64.self)
            }
            while values.left > 0 { rest.append(try values.next(UInt64.self)) }
        } catch {
            return nil
        }
    }
}
