// The codes of a table of a file that is part of the program, in the chunks in which they are stored. Not here: files on disk,
// of which every byte is checked before anything is answered.

internal import AdzeBytes
internal import AdzeTensors

/// Codes of an int8 tensor that are decoded a chunk at a time.
public struct ResidentCodes: Sendable {
    let file: NativeFile
    let firstFrame: Int
    /// A scale for each row.
    public let rowScales: [Float]
    /// Codes of all rows.
    public let count: Int
    /// Codes of a chunk; the last may have fewer.
    public var partSize: Int { FloatCoding.chunk }

    /// Fills `out` with the codes of a chunk, as many as it has.
    ///
    /// The file is part of the program, whose build is tested: a byte that is wrong is a fault of the machine's.
    public func decode(part: Int, into out: UnsafeMutableRawBufferPointer) {
        do {
            try unsafe file.decodeChunk(firstFrame + part, FloatCoding.range(part, of: count), into: out)
        } catch {
            fatalError("the model inside the program is damaged: \(error)")
        }
    }
}

extension NativeFile {
    /// The codes of a tensor, to be decoded when they are needed, where the file is part of the program; nil for a file on
    /// disk, and for a tensor with factors or outliers.
    ///
    /// Throws as `quantized(_:pool:)` does.
    public func residentCodes(_ name: String) throws -> ResidentCodes? {
        guard case .resident(_) = source else { return nil }
        let index = try index(name)
        guard case .int8(let scaleRun, nil, let first, _) = tensorFrames[index], outliers(index).isEmpty else {
            return nil
        }
        return ResidentCodes(
            file: self, firstFrame: first, rowScales: try scales(scaleRun), count: records[index].shape.count)
    }
}
