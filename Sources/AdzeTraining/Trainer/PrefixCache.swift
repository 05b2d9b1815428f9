// Hidden states after the last frozen block, kept from one epoch to the next: in memory up to a limit, beyond it in a
// file that has no name, and beyond that not at all. Not here: computing them.

/// What a run keeps of its frozen blocks.
final class PrefixCache {
    /// How many blocks the states are after.
    let blocks: Int
    private var inMemory: [Int: [Float]] = [:]
    private var inFile: [Int: (offset: Int, count: Int)] = [:]
    private var memoryLeft: Int
    private var fileLeft: Int
    private var file: PrivateFile?
    private let folder: String?

    /// An empty cache; limits are in bytes, and without a folder nothing is spilled.
    init(blocks: Int, memoryLimit: Int, fileLimit: Int, folder: String?) {
        self.blocks = blocks
        memoryLeft = memoryLimit
        fileLeft = folder == nil ? 0 : fileLimit
        self.folder = folder
    }

    /// The number of examples whose states are kept in memory, and in the file.
    var counts: (memory: Int, file: Int) { (inMemory.count, inFile.count) }

    /// The states of an example; nil where they are not kept, or can no longer be read.
    func states(_ index: Int) -> [Float]? {
        if let values = inMemory[index] { return values }
        guard let place = inFile[index], let file else { return nil }
        return file.read(at: place.offset, count: place.count)
    }

    /// Keeps the states of an example where there is room; a disk that is full ends the spilling and nothing else.
    func keep(_ values: [Float], of index: Int) {
        guard inMemory[index] == nil, inFile[index] == nil else { return }
        let bytes = values.count * 4
        if bytes <= memoryLeft {
            memoryLeft -= bytes
            inMemory[index] = values
        } else if bytes <= fileLeft {
            if file == nil, let folder { file = PrivateFile(folder: folder) }
            guard let offset = file?.append(values) else { return fileLeft = 0 }
            fileLeft -= bytes
            inFile[index] = (offset, values.count)
        }
    }
}
