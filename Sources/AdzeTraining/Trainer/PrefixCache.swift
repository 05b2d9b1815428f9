// Hidden states after the last frozen block, kept from one epoch to the next and, where runs share a store, from one run
// to the next: in memory up to a limit, beyond it in a file that has no name, and beyond that not at all. Not here:
// computing them.

/// Hidden states of frozen blocks that several runs share, in one process; of one thread at a time.
///
/// A run finds states of another by the weights that made them and the examples, so that nothing it computes depends on
/// what is kept. Runs that end leave their states behind, until the store goes.
public final class FrozenStates {
    // The dev set is the smaller one, and is read as often.
    private let training: PrefixRoom
    private let development: PrefixRoom
    private var caches: [String: PrefixCache] = [:]

    /// An empty store; limits are in bytes, and without a folder nothing goes to disk.
    public init(memoryLimit: Int = 1 << 30, fileLimit: Int = 16 << 30, folder: String? = nil) {
        func room(_ share: Int) -> PrefixRoom {
            PrefixRoom(memoryLimit: memoryLimit / 4 * share, fileLimit: fileLimit / 4 * share, folder: folder)
        }
        (training, development) = (room(3), room(1))
    }

    /// The states of the examples that a key stands for, after so many blocks.
    func cache(_ key: String, blocks: Int, isDevelopment: Bool) -> PrefixCache {
        if let cache = caches[key] { return cache }
        let cache = PrefixCache(blocks: blocks, room: isDevelopment ? development : training)
        caches[key] = cache
        return cache
    }
}

/// The memory and the file that caches share.
final class PrefixRoom {
    private var memoryLeft: Int
    private var fileLeft: Int
    private var file: PrivateFile?
    private let folder: String?

    /// Room up to limits in bytes; without a folder nothing is spilled.
    init(memoryLimit: Int, fileLimit: Int, folder: String?) {
        memoryLeft = memoryLimit
        fileLeft = folder == nil ? 0 : fileLimit
        self.folder = folder
    }

    /// Whether some bytes fit into memory, which are then taken.
    func takesMemory(_ bytes: Int) -> Bool {
        guard bytes <= memoryLeft else { return false }
        memoryLeft -= bytes
        return true
    }

    /// Where values went in the file; nil where it has no room. A disk that is full ends the spilling and nothing else.
    func spill(_ values: [Float]) -> Int? {
        let bytes = values.count * 4
        guard bytes <= fileLeft else { return nil }
        if file == nil, let folder { file = PrivateFile(folder: folder) }
        guard let offset = file?.append(values) else {
            fileLeft = 0
            return nil
        }
        fileLeft -= bytes
        return offset
    }

    /// What was spilled to a place; nil where it can no longer be read.
    func read(at offset: Int, count: Int) -> [Float]? { file?.read(at: offset, count: count) }
}

/// What is kept of one set of examples.
final class PrefixCache {
    /// How many blocks the states are after.
    let blocks: Int
    private var inMemory: [Int: [Float]] = [:]
    private var inFile: [Int: (offset: Int, count: Int)] = [:]
    private let room: PrefixRoom

    init(blocks: Int, room: PrefixRoom) { (self.blocks, self.room) = (blocks, room) }

    /// The number of examples whose states are kept in memory, and in the file.
    var counts: (memory: Int, file: Int) { (inMemory.count, inFile.count) }

    /// The states of an example; nil where they are not kept, or can no longer be read.
    func states(_ index: Int) -> [Float]? {
        if let values = inMemory[index] { return values }
        guard let place = inFile[index] else { return nil }
        return room.read(at: place.offset, count: place.count)
    }

    /// Keeps the states of an example where there is room.
    func keep(_ values: [Float], of index: Int) {
        guard inMemory[index] == nil, inFile[index] == nil else { return }
        if room.takesMemory(values.count * 4) {
            inMemory[index] = values
        } else if let offset = room.spill(values) {
            inFile[index] = (offset, values.count)
        }
    }
}
