// Keras 3's archive `.keras`: a zip of config.json, metadata.json and the weights. Only the weights are looked at;
// config.json can name code, and nothing here would run any.

public import AdzeBytes
internal import AdzeZip

/// The weights of a Keras archive.
public struct KerasArchive: Sendable {
    /// The file of weights, as it is in the archive.
    public let weights: [UInt8]

    private static let weightsName = "model.weights.h5"
    /// Other forms of weights that Keras can put there.
    private static let otherNames = ["model.weights.npz", "model.weights.json"]

    /// Reads the weights of an archive; nil where a zip file is no archive of Keras, or no zip that is read at all.
    ///
    /// Throws `KerasError.archive` for weights that are damaged or in another form, or `FileError`.
    /// - Complexity: O(bytes of the weights), in memory too.
    public init?(file: InputFile) throws {
        guard let directory = try? ZipDirectory(file: file) else { return nil }
        guard let index = directory.index(of: KerasArchive.weightsName) else {
            if let other = KerasArchive.otherNames.first(where: { directory.index(of: $0) != nil }),
                directory.index(of: "config.json") != nil
            {
                throw KerasError.archive("its weights are in \(other); save the model with HDF5 weights")
            }
            return nil
        }
        do throws(ZipError) {
            weights = try directory.read(directory.entries[index], limit: HDF5Worker.maximumBytes)
        } catch {
            throw KerasError.archive("\(KerasArchive.weightsName): \(error)")
        }
        guard KerasCheckpoint.isHDF5(firstBytes: Array(weights.prefix(8))) else {
            throw KerasError.archive("\(KerasArchive.weightsName) is no HDF5 file")
        }
    }
}
