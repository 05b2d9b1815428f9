// The best epoch's weights of a run without checkpoints, put aside until its end: on disk, or in memory where there is no
// room. Not here: which epoch that is.

internal import AdzeBytes
internal import AdzeKernels

/// A copy of weights.
final class KeptWeights {
    private var file: PrivateFile?
    private var memory: FloatBuffer?
    private let folder: String?

    /// No weights yet. With a folder they go to a nameless file on its disk, which costs a large model's run hundreds of
    /// megabytes of memory less.
    init(folder: String?) {
        self.folder = folder
        file = folder.flatMap { PrivateFile(folder: $0) }
    }

    /// Whether they lie on disk.
    var isOnDisk: Bool { file != nil }

    /// Keeps values in place of those before.
    func keep(_ values: UnsafeBufferPointer<Float>) {
        if let file, unsafe file.write(UnsafeRawBufferPointer(values), at: 0) { return }
        file = nil
        let copy = memory ?? FloatBuffer(zeroPages: values.count)
        if let base = values.baseAddress { unsafe copy.base.update(from: base, count: values.count) }
        memory = copy
    }

    /// Puts the values that were kept in their place; throws where the disk has lost them.
    func restore(to target: UnsafeMutableBufferPointer<Float>) throws(FileError) {
        if let memory, let base = target.baseAddress {
            unsafe base.update(from: memory.base, count: target.count)
        } else if let file, unsafe !file.read(into: UnsafeMutableRawBufferPointer(target), at: 0) {
            throw .shrank(
                path: "\(folder ?? "."): the best epoch's weights", offset: 0, expected: target.count * 4, found: 0)
        }
    }
}
