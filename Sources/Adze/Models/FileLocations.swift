// File locations given as URLs. Each URL becomes a path here, and only here; one that names no file on this machine is
// refused before anything is opened. The command line has paths and calls the functions that take paths.

public import AdzeBytes
public import AdzeData
public import AdzeModels
public import AdzeTokenization
public import AdzeTraining

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A URL that names no file or folder of this machine.
public enum LocationError: AdzeFailure, Equatable {
    /// It is elsewhere: the scheme is the network's, or the host another one.
    case remote(String)
    /// It has no scheme, or one that is none of files.
    case notAFile(String)

    /// The request makes no sense.
    public var kind: FailureKind { .usage }

    /// One line: what was given, and what to do.
    public var description: String {
        switch self {
        case .remote(let url): "\(quoted(url)): Adze downloads nothing; fetch it, and open the file with URL(filePath:)"
        case .notAFile(let url): "\(quoted(url)): expected the URL of a file, made with URL(filePath:)"
        }
    }
}

extension URL {
    /// The path of a file of this machine; throws `LocationError` for a URL of anything else.
    var localPath: String {
        get throws(LocationError) {
            guard isFileURL else {
                throw scheme == nil || host() == nil ? LocationError.notAFile(shown) : LocationError.remote(shown)
            }
            if let host = host(), !host.isEmpty, host != "localhost" { throw LocationError.remote(shown) }
            let found = self.path
            guard !found.isEmpty, !found.utf8.contains(0) else { throw LocationError.notAFile(shown) }
            return found
        }
    }

    /// The URL without a user's name, a password or a query, which are no part of an error.
    private var shown: String {
        (scheme.map { $0 + ":" } ?? "") + (host().map { "//" + $0 } ?? "") + path
    }
}

extension ModelBundle {
    /// Opens a `.adze` file, a checkpoint file or a model folder, and checks that its parts fit each other.
    ///
    /// Throws an `AdzeFailure` whose description is one line. A tokenizer with more tokens than the embedding has rows
    /// is refused here.
    public init(contentsOf url: URL, options: ModelOptions = ModelOptions()) throws {
        try self.init(path: url.localPath, options: options)
    }

    /// Writes the model as a `.adze` file and reads it back to prove it.
    ///
    /// Throws `CheckpointError.nonFinite`, the readers' errors and `FileError`; after any of them nothing is left at `url`
    /// but what was there. The same model gives the same bytes on any machine with the same libzstd.
    /// - Complexity: O(weights); memory for the fp32 weights once, while the probes run, and a few tensors beside.
    public func convert(to url: URL, options: ConversionOptions = ConversionOptions()) throws -> ConversionReport {
        try convert(to: url.localPath, options: options)
    }

    /// Writes the model as a `.adze` file whose int8 scores no worse than `gate` allows on some examples.
    ///
    /// Where plain int8 loses more, groups of layers stay in fp32: the fewest of those whose own error is largest with
    /// which the gate passes on all examples, as far as halving finds it. Throws as `convert` and `evaluate` do,
    /// `BundleError.onlyInt8` for a file without fp32 weights, and `.undefinedMetric`.
    /// - Parameter progress: is told what is being measured, how many texts of it are done, and how many there are.
    public func quantize(
        to url: URL, examples: [Example], gate: QualityGate, texts: TextOptions = TextOptions(),
        options: ConversionOptions = ConversionOptions(), progress: (String, Int, Int) -> Void = { _, _, _ in }
    ) throws -> QuantizationReport {
        try quantize(
            to: url.localPath, examples: examples, gate: gate, texts: texts, options: options, progress: progress)
    }

    /// Writes a model folder that transformers loads; it appears when it is complete. Returns the bytes of the weights.
    ///
    /// Weights are fp32. Throws the readers' errors and `FileError`.
    @discardableResult
    public func export(to url: URL, format: ExportFormat, replacing: Bool = false) throws -> Int {
        try export(to: url.localPath, format: format, replacing: replacing)
    }

    /// The words of a file, one a line, without white space around them; empty lines are none.
    ///
    /// Throws the errors of a file that is no text, and `AddedTokensError` for too many lines or none.
    public static func readTokens(contentsOf url: URL) throws -> [String] { try readTokens(path: url.localPath) }
}

/// Opens the tokenizer of a `.adze` file or model folder, or one that stands alone: a folder with tokenizer files, a
/// `tokenizer.json`, a `vocab.txt`.
///
/// Weights are not read. Throws `TokenizerError`, `BundleError.noTokenizer`, `FileError`.
public func openTokenizer(contentsOf url: URL) throws -> Tokenizer { try openTokenizer(path: url.localPath) }

extension WordNet {
    /// Reads the files of a folder, as Debian's package wordnet-base lays them into `/usr/share/wordnet`.
    ///
    /// Throws `CleaningError.noWordNet` where one is missing, `.notWordNet` for what is none of WordNet's, and `FileError`.
    public init(contentsOf folder: URL) throws { try self.init(folder: folder.localPath) }
}

extension TextEmbedder {
    /// Runs texts and writes what was asked for: for text i the tensors `i.ids` (T), `i.sequence` (T, H), `i.pooled` (H),
    /// `i.hidden` (L + 1, T, H) and `i.attentions` (L, A, T, T).
    ///
    /// All outputs are held in memory until they are written. Throws as `embed` does, and `FileError`.
    public func writeOutputs(
        of texts: [String], _ outputs: OutputRequest, to url: URL, replacing: Bool, maximumLength: Int? = nil
    ) throws {
        try writeOutputs(of: texts, outputs, to: url.localPath, replacing: replacing, maximumLength: maximumLength)
    }
}

extension ExampleSource {
    /// Opens a table, JSON lines or a folder of reviews; `format` nil goes by the name.
    public init(
        contentsOf url: URL, format: DataFormat? = nil, columns: ColumnSelection = ColumnSelection(), kind: TargetKind
    ) throws {
        try self.init(path: url.localPath, format: format, columns: columns, kind: kind)
    }
}

extension TrainingTables {
    /// The tables at these places; without `dev` some of the training data is held out.
    public init(train: URL, dev: URL? = nil) throws(LocationError) {
        self.init(train: try train.localPath, dev: try dev?.localPath)
    }
}

extension TrainingExamples {
    /// Opens the model and reads the tables.
    ///
    /// A model without a classifier of texts gets a new one, and so does any for which `newHead` asks; its labels are
    /// `LabelTable(covering:own:)`. Throws the readers' errors with their paths, and `FineTuningError`.
    /// - Parameters:
    ///   - words: words to add to the vocabulary, see `ModelBundle.addingTokens(_:)`.
    ///   - allowsInt8: whether a file of int8 weights alone may be the start.
    ///   - cleaning: how texts are cleaned, in training and by the trained model.
    public init(
        model url: URL, options: ModelOptions = ModelOptions(), tables: TrainingTables, newHead: NewHead? = nil,
        words: [String] = [], seed: UInt64 = 42, allowsInt8: Bool = false, cleaning: CleaningChoice = .asTheModelSays
    ) throws {
        try self.init(
            model: url.localPath, options: options, tables: tables, newHead: newHead, words: words, seed: seed,
            allowsInt8: allowsInt8, cleaning: cleaning)
    }
}

extension TrainerOptions {
    /// Keeps checkpoints in a folder, from which a run that was stopped goes on.
    public mutating func keepCheckpoints(in folder: URL) throws(LocationError) { self.folder = try folder.localPath }
}

extension FineTunedModel {
    /// Writes a `.adze` file of int8 weights and the residual that gives the fp32 masters back exactly.
    ///
    /// After a quantization-aware training the int8 section is the one that training saw, and the fp32 weights are what
    /// its codes stand for, so that both precisions answer alike but for the rounding of activations. Throws as
    /// `ModelBundle.convert` does.
    public func write(to url: URL, replacing: Bool = false) throws -> ConversionReport {
        try write(to: url.localPath, replacing: replacing)
    }
}
