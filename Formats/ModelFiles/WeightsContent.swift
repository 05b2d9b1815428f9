// What each format's reader makes of a file, in one shape. The first bytes choose the reader. Not here: paths in errors.

internal import AdzeBytes
internal import AdzeKeras
internal import AdzeNative
internal import AdzeSafetensors
internal import AdzeTensors
internal import AdzeTorch

/// An opened file, whatever its format.
struct WeightsContent {
    var format: WeightsFormat
    var store: any TensorStore
    var native: NativeFile?
    var unreadable: [UnreadableTensor] = []
    var ignoredNames: [String] = []
    var otherValueCount = 0
    var metadata: [(String, String)] = []
    var sourceNames: [String: String] = [:]
    var notes: [String] = []

    /// The longest head that a reader asks for.
    static let headLength = max(TorchContainer.headLength, 16)

    /// Chooses a reader by the first bytes; nil for content that is no format of ours.
    static func open(_ file: InputFile, head: [UInt8], options: WeightsOptions) throws -> WeightsContent? {
        if NativeFile.isNative(firstBytes: head) {
            let native = try NativeFile(.file(file))
            return WeightsContent(format: .native, store: native, native: native)
        }
        if KerasCheckpoint.isHDF5(firstBytes: head) {
            let checkpoint = try KerasCheckpoint(
                path: file.path, size: file.size, worker: options.worker(), names: options.names)
            return WeightsContent(.hdf5, checkpoint, options.scope)
        }
        if let container = TorchContainer(head: head) {
            if container == .zip, let archive = try KerasArchive(file: file) {
                let checkpoint = try KerasCheckpoint(
                    bytes: archive.weights, worker: options.worker(), names: options.names)
                return WeightsContent(.kerasArchive, checkpoint, options.scope)
            }
            return try torch(file, container, options)
        }
        return nil
    }

    init(
        format: WeightsFormat, store: any TensorStore, native: NativeFile? = nil, unreadable: [UnreadableTensor] = []
    ) {
        self.format = format
        self.store = store
        self.native = native
        self.unreadable = unreadable
    }

    private init(_ format: WeightsFormat, _ checkpoint: KerasCheckpoint, _ scope: TensorScope) {
        self.init(
            format: format, store: scope == .all ? checkpoint.raw : checkpoint.renamed,
            unreadable: checkpoint.skipped.map { UnreadableTensor(name: $0.path, reason: $0.reason) })
        guard scope == .model else {
            notes = checkpoint.readingNotes
            return
        }
        sourceNames = checkpoint.sourceNames
        notes = checkpoint.notes + WeightsContent.notes(of: checkpoint.layout)
    }

    private static func torch(
        _ file: InputFile, _ container: TorchContainer, _ options: WeightsOptions
    ) throws -> WeightsContent {
        let checkpoint = try TorchCheckpoint(file: file, ignoringObjects: options.ignoresObjects)
        var content = WeightsContent(
            format: WeightsFormat(container), store: checkpoint,
            unreadable: checkpoint.unsupported.map { UnreadableTensor(name: $0.name, reason: $0.reason) })
        content.ignoredNames = checkpoint.ignoredNames
        if checkpoint.uncheckedCount > 0 {
            content.notes.append(
                "\(checkpoint.uncheckedCount) records were saved without a checksum (CRC-32): damage to them goes unseen"
            )
        }
        content.otherValueCount = checkpoint.scalars.count + checkpoint.omittedScalars
        content.metadata = [("format", "pt")]
        return content
    }

    /// Opens safetensors; those that TensorFlow wrote have its names and orientation, and say so.
    static func safetensors(_ file: InputFile, options: WeightsOptions) throws -> WeightsContent {
        let opened = try SafetensorsFile(file: file)
        var content = WeightsContent(
            format: .safetensors, store: opened,
            unreadable: opened.unsupported.map { UnreadableTensor(name: $0.name, reason: $0.reason) })
        content.metadata = opened.metadata
        guard options.scope == .model else { return content }
        guard opened.metadata.contains(where: { $0 == ("format", "tf") }) else {
            if let aliased = try AliasedSafetensors(opened, fileSize: file.size) { content.store = aliased }
            return content
        }
        let names = options.names ?? KerasNames(paths: opened.tensors.map(\.name))
        guard names.layout != .other else { return content }
        let store = try PyTorchTensorStore(base: opened, infos: opened.tensors, name: names.renamed)
        content.store = store
        for info in store.tensors { content.sourceNames[info.name] = store.sourceName(of: info.name) }
        content.notes = notes(of: names.layout)
        return content
    }

    private static func notes(of layout: KerasLayout) -> [String] {
        layout == .other
            ? [] : ["tensors named by \(layout.rawValue) are renamed, and kernels turned, as PyTorch has them"]
    }
}

extension WeightsFormat {
    fileprivate init(_ container: TorchContainer) {
        switch container {
        case .zip: self = .torchZip
        case .legacy: self = .torchLegacy
        case .tar: self = .torchTar
        }
    }
}
