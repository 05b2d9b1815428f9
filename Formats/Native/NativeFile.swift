// An open native file: everything but the elements, checked when it is opened. Not here: decoding, which is
// `NativeFile+Loading.swift`.

public import AdzeBytes
public import AdzeTensors
public import AdzeThreads

/// A native file as a store of fp32 tensors, of int8 tensors, and of the model's metadata.
///
/// Thread-safe. Reads by position; of a file nothing but the header is kept in memory.
public final class NativeFile: TensorStore, Sendable {
    /// The versions of the format that are read. A file is written in the lowest that can say what it holds.
    public static let versions = Int(Prologue.versions.lowerBound)...Int(Prologue.versions.upperBound)

    /// How the weights are stored.
    public let store: NativeStore
    /// Everything that is JSON.
    public let metadata: NativeMetadata
    /// The tensors and how each is stored, in the order of the file.
    public let records: [NativeTensorRecord]
    /// The tensors as `load` gives them, fp32 all.
    public let tensors: [TensorInfo]
    /// The number of tokens, or nil without a vocabulary.
    public let vocabularyCount: Int?
    /// The bytes of the file by use.
    public let sizes: NativeSizes

    let source: ByteSource
    let benches = Workbench.Pool()
    let frames: FrameTable
    let tensorFrames: [TensorFrames]
    let indices: [String: Int]

    /// Whether a file's first bytes are those of a native file, of whatever version.
    public static func isNative(firstBytes: some Sequence<UInt8>) -> Bool {
        firstBytes.starts(with: Prologue.magic)
    }

    /// Opens a native file and checks all of it but the frames' content.
    ///
    /// Throws `NativeError`, or `FileError` where the file cannot be read.
    /// - Complexity: O(header and number of frames).
    public init(_ source: ByteSource) throws {
        let start = try source.read(at: 0, count: min(source.size, Prologue.size))
        let prologue = try Prologue(start, fileSize: source.size)
        let tail = try source.read(at: prologue.headerOffset, count: source.size - prologue.headerOffset)
        guard unsafe tail.withUnsafeBytes({ unsafe xxh64($0) }) == prologue.tailHash else {
            throw NativeError.checksum(part: "header", offset: prologue.headerOffset)
        }
        let header = try NativeHeader(text: Array(tail[..<prologue.headerBytes]))
        guard header.version == prologue.version else {
            throw NativeError.layout(
                part: "version", expected: "\(header.version), the lowest that can say what the header says",
                found: "\(prologue.version)")
        }
        let layout = try NativeLayout(header, limit: prologue.frameCount)
        guard layout.kinds.count == prologue.frameCount else {
            throw NativeError.layout(
                part: "number of frames", expected: "\(layout.kinds.count)", found: "\(prologue.frameCount)")
        }
        try NativeFile.checkExpansion(header, fileSize: prologue.fileSize)
        frames = try FrameTable(layout, tail: tail, prologue: prologue)
        for padding in frames.padding + [prologue.headerPadding] {
            let bytes = try source.read(at: padding.lowerBound, count: padding.count)
            if let index = bytes.firstIndex(where: { $0 != 0 }) {
                throw NativeError.padding(offset: padding.lowerBound + index)
            }
        }
        self.source = source
        store = header.store
        metadata = header.metadata
        records = header.tensors
        tensors = header.tensors.map { TensorInfo(name: $0.name, dtype: .float32, shape: $0.shape) }
        vocabularyCount = header.vocabulary?.count
        tensorFrames = layout.tensors
        // The names are unique, the header's reader saw to it.
        indices = Dictionary(uniqueKeysWithValues: records.enumerated().map { ($1.name, $0) })
        sizes = NativeSizes(layout: layout, records: frames.records, fileSize: source.size)
    }

    /// Opens the native file at a path; throws as `init(_:)` and `InputFile` do.
    public convenience init(path: String) throws {
        try self.init(.file(try InputFile(path: path)))
    }

    /// Whether all elements together are in proportion to the file; see `NativeLimits`.
    private static func checkExpansion(_ header: NativeHeader, fileSize: Int) throws(NativeError) {
        let limit = NativeLimits.elements(fileSize: fileSize)
        var total = 0
        for tensor in header.tensors {
            // No overflow: at most 100,000 tensors of 2^32 elements each.
            total += tensor.shape.count
        }
        guard total <= limit else { throw .expansion(part: "elements of all tensors", found: total, limit: limit) }
    }

    /// Checks the stored bytes of every frame.
    ///
    /// A file that opened and passes is, byte for byte, what was written. Throws `NativeError.checksum` for the first frame
    /// that fails, or `FileError`.
    public func verifyChecksums(pool: WorkerPool) throws {
        try pool.forEachThrowing(frames.records.count) { index in
            try benches.with { bench in
                let stored = unsafe bench.stored.take(frames.records[index].storedBytes)
                try unsafe readStored(index, into: stored)
            }
        }
    }

    /// Fills `out` with a frame's stored bytes, checked.
    func readStored(_ index: Int, into out: UnsafeMutableRawBufferPointer) throws {
        try unsafe source.read(at: frames.offsets[index], into: out)
        guard unsafe xxh64(UnsafeRawBufferPointer(out)) == frames.records[index].hash else {
            throw NativeError.checksum(part: part(index), offset: frames.offsets[index])
        }
    }

    /// The index of a tensor.
    func index(_ name: String) throws(NativeError) -> Int {
        guard let index = indices[name] else {
            throw .missingTensor(name, nearest: nearestName(to: name, in: records.lazy.map(\.name)))
        }
        return index
    }

    /// What a message calls a frame.
    func part(_ frame: Int) -> String {
        let kind = frames.kinds[frame]
        if case .vocabulary = kind { return kind.name }
        let owner = tensorFrames.indices.first { index in
            tensorFrames[index].ranges(count: records[index].shape.count).contains { $0.contains(frame) }
        }
        return kind.name + (owner.map { " of tensor \(quoted(records[$0].name))" } ?? "")
    }

    /// The error for a frame whose bytes are those that were written, but make no sense.
    func malformed(_ frame: Int, _ problem: String) -> NativeError {
        .frame(part: part(frame), offset: frames.offsets[frame], problem: problem)
    }
}

/// The frames of a file with the places that follow from their sizes.
struct FrameTable: Sendable {
    let kinds: [FrameKind]
    let records: [FrameRecord]
    /// Where each frame begins.
    let offsets: [Int]
    /// The gaps before the sections and the header.
    let padding: [Range<Int>]

    /// Reads the table at the end of `tail` and checks that the frames fill the file up to the header.
    init(_ layout: NativeLayout, tail: [UInt8], prologue: Prologue) throws(NativeError) {
        let start = tail.count - prologue.frameCount * FrameRecord.size
        var (records, offsets, padding): ([FrameRecord], [Int], [Range<Int>]) = ([], [], [])
        records.reserveCapacity(prologue.frameCount)
        offsets.reserveCapacity(prologue.frameCount)
        // No overflow: at most 2^22 frames of less than 2^32 bytes each.
        var offset = Prologue.size
        for (index, kind) in layout.kinds.enumerated() {
            FrameTable.align(&offset, ifSectionsBeginAt: index, layout, &padding)
            let record = try FrameRecord(tail, at: start + index * FrameRecord.size, index: index)
            if let problem = kind.problem(record) {
                throw .frame(part: kind.name, offset: offset, problem: problem)
            }
            if case .vocabulary(let bytes) = kind {
                let limit = NativeLimits.vocabularyBytes(stored: record.storedBytes)
                guard bytes <= limit else {
                    throw .expansion(part: "bytes of the vocabulary", found: bytes, limit: limit)
                }
            }
            records.append(record)
            offsets.append(offset)
            offset += record.storedBytes
        }
        FrameTable.align(&offset, ifSectionsBeginAt: layout.kinds.count, layout, &padding)
        let gap = NativeLayout.gap(offset, 64)
        padding.append(offset..<offset + gap)
        guard offset + gap == prologue.headerOffset else {
            throw .layout(part: "end of the frames", expected: "\(prologue.headerOffset)", found: "\(offset + gap)")
        }
        kinds = layout.kinds
        self.records = records
        self.offsets = offsets
        self.padding = padding
    }

    /// Moves on to the start of the sections whose first frame this is; empty sections begin where the next one does.
    private static func align(
        _ offset: inout Int, ifSectionsBeginAt frame: Int, _ layout: NativeLayout, _ padding: inout [Range<Int>]
    ) {
        let gap = NativeLayout.gap(offset, 64)
        guard layout.sectionFrames.contains(frame) else { return }
        padding.append(offset..<offset + gap)
        offset += gap
    }
}

extension TensorFrames {
    /// The frames of a tensor with `count` elements.
    func ranges(count: Int) -> [Range<Int>] {
        func frames(_ run: FloatRun) -> Range<Int> {
            run.frame..<run.frame + 2 * FloatCoding.chunks(run.count)
        }
        switch self {
        case .float32(let run): return [frames(run)]
        case .int8(let scales, let factors, let codes, let residual):
            let chunks = FloatCoding.chunks(count)
            return [frames(scales), codes..<codes + chunks] + (factors.map { [frames($0)] } ?? [])
                + (residual.map { [$0..<$0 + chunks] } ?? [])
        }
    }
}

extension Prologue {
    /// The gap between header and frame table.
    var headerPadding: Range<Int> {
        let end = headerOffset + headerBytes
        return end..<end + NativeLayout.gap(headerBytes, 16)
    }
}
