// A large table of codes of which parts are decoded when a row in them is first asked for, so that one text does not wait for
// a vocabulary. Not here: how a part is decoded, which is its store's.

internal import AdzeBytes
internal import AdzeThreads
internal import Synchronization

/// The codes of a table in parts of equal size, each decoded by itself.
public protocol CodeParts: Sendable {
    /// A scale for each row.
    var rowScales: [Float] { get }
    /// Codes of all rows.
    var count: Int { get }
    /// Codes of a part; the last may have fewer.
    var partSize: Int { get }

    /// Fills `out` with the codes of a part, as many as it has.
    ///
    /// The bytes are part of the program, and have been read before it was handed out: none of them can be damaged.
    func decode(part: Int, into out: UnsafeMutableRawBufferPointer)
}

/// Rows of codes in memory that they come to when they are needed.
@safe final class LazyTable: @unchecked Sendable {
    // @unchecked: a part's memory is written once, under the lock, before anyone who asked for it goes on.
    private let source: any CodeParts
    private let memory: BufferMemory
    private let decoded: Mutex<[Bool]>
    let scales: [Float]

    init(_ source: any CodeParts) {
        self.source = source
        scales = source.rowScales
        memory = BufferMemory(zeroPages: source.count, largeFrom: nil)
        decoded = Mutex([Bool](repeating: false, count: (source.count + source.partSize - 1) / source.partSize))
    }

    deinit { memory.free() }

    /// Sees to it that the rows of some ids, of `size` codes each, are there; on the threads of a pool.
    func prepare(_ ids: some Sequence<Int32>, size: Int, pool: WorkerPool) {
        var wanted: Set<Int> = []
        for id in ids {
            let first = Int(id) * size
            wanted.formUnion(first / source.partSize...(first + size - 1) / source.partSize)
        }
        decoded.withLock { decoded in
            let missing = wanted.filter { !decoded[$0] }.sorted()
            pool.forEach(missing.count) { index in
                let start = missing[index] * source.partSize
                let count = min(source.partSize, source.count - start)
                unsafe source.decode(
                    part: missing[index],
                    into: UnsafeMutableRawBufferPointer(start: memory.base + start, count: count))
            }
            for part in missing { decoded[part] = true }
        }
    }

    /// The codes of all rows; those of rows that have not been prepared are 0.
    var codes: UnsafePointer<Int8> { unsafe UnsafePointer(memory.base.assumingMemoryBound(to: Int8.self)) }
}
