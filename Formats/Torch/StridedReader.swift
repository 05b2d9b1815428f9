// Reading a tensor whose elements do not stand in row-major order: transposed, sliced, expanded. The file is read in
// dense windows of bounded size, and each element is put where it belongs. Not here: checking the layout.

internal import AdzeBytes
internal import AdzeTensors

/// Gathers the elements of one layout from a file.
struct StridedReader {
    let source: ByteSource
    /// The byte of the source at which element 0 of the storage stands.
    let base: Int
    let elementSize: Int

    /// The most bytes of the file that are held beside the tensor.
    static let windowBytes = 4 << 20
    /// The most bytes that are read for each byte that is kept, so that strides cannot ask for terabytes of reads.
    static let sparsity = 1024

    /// A part of the tensor: a box of `sizes` at an element of the storage and an element of the output.
    private struct Box {
        var sizes: [Int]
        var source: Int
        var target: Int
    }

    /// The contiguous row-major bytes of the layout.
    ///
    /// - Complexity: O(elements) and at most one read for each window; memory is the tensor and one window.
    func read(_ layout: TensorLayout) throws(TorchError) -> [UInt8] {
        let sizes = layout.shape.dimensions
        guard layout.shape.count > 0 else { return [] }
        // The layout's invariant: no sum or product here exceeds the storage or the tensor.
        if layout.isContiguous { return try window(layout.offset, layout.shape.count) }
        var bytes = [UInt8](repeating: 0, count: layout.shape.count * elementSize)
        var outputStrides = [Int](repeating: 1, count: sizes.count)
        for axis in stride(from: sizes.count - 2, through: 0, by: -1) {
            outputStrides[axis] = outputStrides[axis + 1] * sizes[axis + 1]
        }
        var pending = [Box(sizes: sizes, source: layout.offset, target: 0)]
        while let box = pending.popLast() {
            let span = zip(box.sizes, layout.strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
            // The count of a box is at most the tensor's, which fits with room for the factor: see `TensorIndex.byteLimit`.
            let kept = box.sizes.reduce(elementSize, *)
            if span * elementSize <= min(StridedReader.windowBytes, kept * StridedReader.sparsity) || span == 1 {
                try copy(box, span: span, strides: layout.strides, outputStrides: outputStrides, into: &bytes)
            } else {
                pending += halves(of: box, strides: layout.strides, outputStrides: outputStrides)
            }
        }
        return bytes
    }

    /// Cuts a box across the axis that spans most of the storage, so that windows become small soonest.
    private func halves(of box: Box, strides: [Int], outputStrides: [Int]) -> [Box] {
        let axis = box.sizes.indices.max { (box.sizes[$0] - 1) * strides[$0] < (box.sizes[$1] - 1) * strides[$1] }
        guard let axis, box.sizes[axis] > 1 else { preconditionFailure("a box of one element fits a window") }
        let half = box.sizes[axis] / 2
        var (first, second) = (box, box)
        first.sizes[axis] = half
        second.sizes[axis] -= half
        second.source += half * strides[axis]
        second.target += half * outputStrides[axis]
        return [second, first]
    }

    /// Elements of the storage that stand one after another.
    private func window(_ first: Int, _ count: Int) throws(TorchError) -> [UInt8] {
        do throws(FileError) {
            return try source.read(at: base + first * elementSize, count: count * elementSize)
        } catch {
            throw .file(error)
        }
    }

    private func copy(
        _ box: Box, span: Int, strides: [Int], outputStrides: [Int], into bytes: inout [UInt8]
    ) throws(TorchError) {
        let window = try window(box.source, span)
        switch elementSize {
        case 1: scatter(UInt8.self, window, box, strides, outputStrides, &bytes)
        case 2: scatter(UInt16.self, window, box, strides, outputStrides, &bytes)
        case 4: scatter(UInt32.self, window, box, strides, outputStrides, &bytes)
        default: scatter(UInt64.self, window, box, strides, outputStrides, &bytes)
        }
    }

    private func scatter<Element: FixedWidthInteger & BitwiseCopyable>(
        _: Element.Type, _ window: [UInt8], _ box: Box, _ strides: [Int], _ outputStrides: [Int], _ bytes: inout [UInt8]
    ) {
        let size = MemoryLayout<Element>.size
        let innerSize = box.sizes.last ?? 1
        let (innerFrom, innerTo) = (strides.last ?? 1, outputStrides.last ?? 1)
        var index = [Int](repeating: 0, count: max(0, box.sizes.count - 1))
        var (from, to) = (0, box.target)
        unsafe window.withUnsafeBytes { input in
            unsafe bytes.withUnsafeMutableBytes { output in
                repeat {
                    for step in 0..<innerSize {
                        let element = unsafe input.loadUnaligned(
                            fromByteOffset: (from + step * innerFrom) * size, as: Element.self)
                        unsafe output.storeBytes(
                            of: element, toByteOffset: (to + step * innerTo) * size, as: Element.self)
                    }
                    var axis = index.count - 1
                    while axis >= 0 {
                        index[axis] += 1
                        from += strides[axis]
                        to += outputStrides[axis]
                        if index[axis] < box.sizes[axis] { break }
                        from -= box.sizes[axis] * strides[axis]
                        to -= box.sizes[axis] * outputStrides[axis]
                        index[axis] = 0
                        axis -= 1
                    }
                    if axis < 0 { return }
                } while true
            }
        }
    }
}
