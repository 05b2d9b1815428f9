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
    /// How hard the writer tried, which a reader need not know.
    private static let deflateFlags: UInt16 = 0x0006

    /// Whether nothing is stored and nothing comes out.
    var isEmpty: Bool { size == 0 && storedSize == 0 }

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
    func check() throws(ZipError) {
        guard signature == 0x0201_4B50 else {
            throw .fault(.directory, entry: name, detail: "expected an entry's signature")
        }
        guard String(validating: rawName, as: UTF8.self) != nil else {
            throw .fault(.badName, entry: name, detail: "expected UTF-8")
        }
        guard isZip64Sound else { throw .fault(.zip64, entry: name, detail: "the extra field is damaged") }
        guard commentCount == 0 else { throw .fault(.comment, entry: name, detail: "expected none") }
        guard disk == 0 else { throw .fault(.split, entry: name, detail: "disk \(disk)") }
        let allowed = ZipCentralHeader.allowedFlags | (method == 8 ? ZipCentralHeader.deflateFlags : 0)
        guard flags & ~allowed == 0 else {
            throw .fault(.flags, entry: name, detail: "0x\(String(flags, radix: 16))")
        }
        guard method == 0 || method == 8 else {
            throw .fault(.method, entry: name, detail: "method \(method); expected stored or deflate")
        }
        guard method == 8 else {
            guard size == storedSize else {
                throw .fault(.directory, entry: name, detail: "stored \(size) bytes in \(storedSize)")
            }
            return
        }
        // The ratio of one entry; `ZipExpansion` has that of all of them.
        let scaled = storedSize.multipliedReportingOverflow(by: UInt64(ZipDirectory.expansionLimit))
        let limit = max(UInt64(ZipDirectory.expansionFloor), scaled.overflow ? .max : scaled.partialValue)
        guard size <= min(limit, UInt64(Int.max)) else {
            throw .fault(
                .expansion, entry: name,
                detail:
                    "\(storedSize) bytes become \(size); at most \(ZipDirectory.expansionLimit) times as many are read")
        }
    }

    /// Reads the local header and what follows the content; the entry must end exactly at `next`.
    func checkLocal(in source: ByteSource, next: Int) throws(ZipError) -> ZipEntry {
        let room = next - localOffset
        // There to be read, if not its own: the directory follows, whose entries are longer.
        let fixed = try source.zipRead(at: localOffset, count: 30)
        guard let local = try? LocalHeader(fixed), local.signature == 0x0403_4B50 else {
            throw .fault(.localHeader, entry: name, detail: "no local header at offset \(localOffset)")
        }
        let contentOffset = 30 + local.nameCount + local.extraCount
        guard room >= contentOffset, UInt64(room - contentOffset) >= storedSize else {
            throw .fault(.overlap, entry: name, detail: "\(storedSize) bytes do not fit before offset \(next)")
        }
        let variable = try source.zipRead(at: localOffset + 30, count: local.nameCount + local.extraCount)
        guard Array(variable[..<local.nameCount]) == rawName else {
            throw .fault(.localHeader, entry: name, detail: "expected the same name in both")
        }
        try checkFields(local, extra: Array(variable[local.nameCount...]))
        // The stored size fits `room`, an `Int`; the size is the same, or `check` has seen that it is one.
        let contentEnd = localOffset + contentOffset + Int(storedSize)
        try checkDescriptor(
            source.zipRead(at: contentEnd, count: min(next - contentEnd, 32)), room: next - contentEnd)
        return ZipEntry(
            name: name, offset: localOffset + contentOffset, size: Int(size), storedSize: Int(storedSize),
            isDeflated: method == 8, checksum: checksum)
    }

    private func checkFields(_ local: LocalHeader, extra: [UInt8]) throws(ZipError) {
        guard local.flags == flags, local.method == method else {
            throw .fault(.localHeader, entry: name, detail: "expected the same flags and method in both")
        }
        // With a descriptor the local sizes may be zero; if they are not, they must be right all the same.
        let mayBeZero = flags & 8 != 0
        guard let wide = ZipExtra(extra, for: [UInt64(local.size), UInt64(local.storedSize)]), isTrue(wide.rest) else {
            throw .fault(.zip64, entry: name, detail: "the local extra field is damaged or says something else")
        }
        for (found, expected) in [
            (wide.fields[0], size), (wide.fields[1], storedSize), (UInt64(local.checksum), UInt64(checksum)),
        ]
        where found != expected && !(mayBeZero && found == 0) {
            throw .fault(.localHeader, entry: name, detail: "expected \(expected), found \(found)")
        }
    }

    /// Whether zip64 values that no local field refers to are true: torch states sizes of 4 GiB and an offset past it so,
    /// the stored size as zero while it is still to come.
    private func isTrue(_ unasked: [UInt64]) -> Bool {
        let offset = UInt64(localOffset)
        let sizes = flags & 8 == 0 ? [[size, storedSize]] : [[size, storedSize], [size, 0]]
        return unasked.isEmpty || unasked == [offset] || sizes.contains(unasked)
            || sizes.contains { unasked == $0 + [offset] }
    }

    /// Nothing follows the content, or with bit 3 a descriptor of 16 or, with wide sizes, 24 bytes.
    private func checkDescriptor(_ bytes: [UInt8], room: Int) throws(ZipError) {
        guard flags & 8 != 0 else {
            guard room == 0 else { throw .fault(.gap, entry: name, detail: "\(room) bytes after it") }
            return
        }
        guard room == 16 || room == 24 else {
            throw .fault(.descriptor, entry: name, detail: "expected 16 or 24 bytes, found \(room)")
        }
        func field(_ at: Int, _ count: Int) -> UInt64 {
            bytes[at..<at + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let width = room == 16 ? 4 : 8
        guard field(0, 4) == 0x0807_4B50, field(4, 4) == UInt64(checksum), field(8, width) == storedSize,
            field(8 + width, width) == size
        else { throw .fault(.descriptor, entry: name, detail: "expected the same checksum and sizes in both") }
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
        var cursor = unsafe ByteCursor(bytes.span.bytes)
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
        var cursor = unsafe ByteCursor(extra.span.bytes)
        do throws(OutOfBytes) {
            while cursor.left > 0 {
                let id = try cursor.next(UInt16.self)
                let content = try cursor.copy(Int(cursor.next(UInt16.self)))
                guard id == 1 else { continue }
                guard wide == nil else { return nil }
                wide = content
            }
            let content = wide ?? []
            var values = unsafe ByteCursor(content.span.bytes)
            for index in fields.indices where fields[index] == 0xFFFF_FFFF {
                fields[index] = try values.next(UInt64.self)
            }
            while values.left > 0 { rest.append(try values.next(UInt64.self)) }
        } catch {
            return nil
        }
    }
}
