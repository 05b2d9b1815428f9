// How HDF5 content is told by its bytes: at the beginning of a file, or behind a block of the user's. Not here: reading.

package import AdzeBytes

/// The eight bytes with which HDF5 content begins.
package enum HDF5Signature {
    /// Not text, and damaged by any conversion of line ends.
    package static let bytes: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The bytes that stand before the HDF5 content of a file: some power of two from 512, as the format allows; nil
    /// where there is no content behind such a block.
    package static func userBlock(of file: InputFile) throws(FileError) -> Int? {
        var offset = 512
        while offset <= file.size - bytes.count {
            if try file.read(at: offset, count: bytes.count) == bytes { return offset }
            let (next, overflow) = offset.multipliedReportingOverflow(by: 2)
            if overflow { break }
            offset = next
        }
        return nil
    }
}
