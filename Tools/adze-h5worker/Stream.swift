// The stream that leaves: a safetensors file, header first, then each dataset in blocks of bounded size.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import CHDF5

/// Writes header and tensors to standard output.
func writeStream(_ findings: Findings, _ file: borrowing HDF5File, sandbox: String) throws(Refusal) {
    let metadata = [
        ("format", "hdf5"),
        ("hdf5.library", HDF5File.libraryVersion),
        ("hdf5.sandbox", sandbox),
        ("hdf5.attributes", attributesText(findings)),
        ("hdf5.skipped", skippedText(findings)),
    ]
    let layout: SafetensorsLayout
    do throws(SafetensorsError) {
        layout = try SafetensorsLayout(tensors: findings.datasets.map(\.info), metadata: metadata)
    } catch {
        throw Refusal("the file's names do not fit a stream: \(error)")
    }
    try StandardOutput.write(layout.header)
    let datasets = Dictionary(uniqueKeysWithValues: findings.datasets.map { ($0.info.name, $0) })
    let blocks = BlockBuffer()
    for info in layout.order {
        guard let dataset = datasets[info.name] else { continue }
        try blocks.stream(dataset, of: file)
    }
}

/// `[["path", "attribute", ["text", …]], …]`
private func attributesText(_ findings: Findings) -> String {
    JSONValue.array(
        findings.attributes.map { entry in
            .array([.string(entry.path), .string(entry.name), .array(entry.values.map(JSONValue.string))])
        }
    ).text
}

/// `[["path", "reason"], …]`
private func skippedText(_ findings: Findings) -> String {
    JSONValue.array(findings.skipped.map { .array([.string($0.path), .string($0.reason)]) }).text
}

/// The one buffer through which all elements pass.
@safe struct BlockBuffer: ~Copyable {
    // @safe: the memory is its own and lives as long.
    static let capacity = 16 << 20
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)

    deinit { unsafe memory.deallocate() }

    /// Streams the elements of a dataset in row-major order.
    func stream(_ dataset: Dataset, of file: borrowing HDF5File) throws(Refusal) {
        let place = quoted("/" + dataset.info.name)
        guard dataset.info.byteCount > 0 else { return }
        guard let object = unsafe Handle(chdf5_open_object(file.handle.id, dataset.info.name)),
            let space = Handle(H5Dget_space(object.id)), let type = dataset.element.memoryType(),
            H5Tget_size(type.id) == dataset.info.dtype.size
        else { throw Refusal("\(place): cannot be opened a second time; the file is damaged") }
        var blocks = Blocks(
            dataset.info.shape.dimensions, chunk: dataset.chunk,
            capacity: BlockBuffer.capacity / dataset.info.dtype.size)
        repeat {
            let rank = Int32(blocks.start.count)
            let bytes = blocks.elementCount * dataset.info.dtype.size
            guard
                unsafe chdf5_read_block(
                    object.id, type.id, space.id, blocks.start.map(hsize_t.init), blocks.count.map(hsize_t.init), rank,
                    memory.baseAddress) == 0
            else {
                throw Refusal("\(place): its elements cannot be read from \(blocks.start) on; the file is damaged")
            }
            try unsafe StandardOutput.write(UnsafeRawBufferPointer(rebasing: memory[..<bytes]))
        } while blocks.advance()
    }
}
