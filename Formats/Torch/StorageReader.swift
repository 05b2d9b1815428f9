// The bytes of the storages: read where they stand, inflated where the archive deflated them, and every checksum found
// right before anything is given out. Not here: what tensors make of them.

internal import AdzeBytes
internal import AdzeZip
internal import Synchronization

/// Reads storages of one checkpoint, from any thread.
final class StorageReader: Sendable {
    private let file: InputFile
    private let archive: ZipDirectory?
    private let records: [StorageBytes]
    private let state = Mutex(State())

    private struct State {
        /// Records whose checksum has been found right.
        var verified: Set<Int> = []
        /// The record that was inflated last: tensors of one storage usually follow each other.
        var inflated: (index: Int, bytes: [UInt8])?
    }

    init(file: InputFile, contents: CheckpointContents) {
        self.file = file
        archive = contents.archive
        records = contents.records
    }

    /// Where a record's bytes can be read, the first of them at `base`; its checksum is right.
    ///
    /// - Complexity: O(record) the first time, and each time for a deflated one that was not the last; memory is a piece
    ///   of the record, or a deflated one whole.
    func source(of index: Int) throws(TorchError) -> (bytes: ByteSource, base: Int) {
        let record = records[index]
        guard let archive, let entry = record.entry else { return (.file(file), record.offset) }
        if entry.isDeflated { return (.bytes(try inflated(index, entry, archive)), 0) }
        if !archive.isUnchecked(entry), !state.withLock({ $0.verified.contains(index) }) {
            do throws(ZipError) {
                try archive.forEachPiece(of: entry) { _ in }
            } catch {
                throw TorchError(error)
            }
            state.withLock { _ = $0.verified.insert(index) }
        }
        return (.file(file), record.offset)
    }

    /// A whole record, its checksum checked on the way.
    func whole(_ index: Int) throws(TorchError) -> [UInt8] {
        let record = records[index]
        guard let archive, let entry = record.entry, !state.withLock({ $0.verified.contains(index) }) else {
            return try file.torchRead(at: record.offset, count: record.count)
        }
        if entry.isDeflated { return try inflated(index, entry, archive) }
        do throws(ZipError) {
            let bytes = try archive.read(entry)
            state.withLock { _ = $0.verified.insert(index) }
            return bytes
        } catch {
            throw TorchError(error)
        }
    }

    private func inflated(_ index: Int, _ entry: ZipEntry, _ archive: ZipDirectory) throws(TorchError) -> [UInt8] {
        if let last = state.withLock({ $0.inflated }), last.index == index { return last.bytes }
        do throws(ZipError) {
            let bytes = try archive.read(entry)
            state.withLock { $0.inflated = (index, bytes) }
            return bytes
        } catch {
            throw TorchError(error)
        }
    }
}

extension InputFile {
    /// `read` with the error of this reader.
    func torchRead(at offset: Int, count: Int) throws(TorchError) -> [UInt8] {
        do throws(FileError) {
            return try read(at: offset, count: count)
        } catch {
            throw .file(error)
        }
    }
}
