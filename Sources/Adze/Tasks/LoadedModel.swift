// Tokenizer, engine and maximum length: what all façades over heads share. Not here: the meaning of logits, which is
// the façades', and why one text gets no answer, which is `TextProblem`.

internal import AdzeBytes
internal import AdzeModels
internal import AdzeTokenization

/// A model in memory, ready for texts.
struct LoadedModel: Sendable {
    let tokenizer: Tokenizer
    let engine: Engine
    /// The most tokens of one input.
    let maximumLength: Int

    /// Loads the weights; throws `BundleError.noTokenizer` and the store's errors.
    init(_ bundle: ModelBundle, precision: Precision, on pool: ThreadPool) throws {
        try self.init(bundle, Engine(bundle, precision: precision, pool: pool.workers))
    }

    /// A model whose weights are loaded.
    init(_ bundle: ModelBundle, _ engine: Engine) throws {
        tokenizer = try bundle.requireTokenizer()
        maximumLength = bundle.maximumLength
        self.engine = engine
    }

    /// The length asked for, but never more than the model's, nor less than none.
    func limit(_ wished: Int?) -> Int { max(0, min(wished ?? maximumLength, maximumLength)) }

    /// What `body` makes of each text, in their order, on all threads.
    func map<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], _ body: @Sendable (Input) throws -> Output
    ) throws -> [Output] {
        try engine.map(inputs.count) { try body(inputs[$0]) }
    }

    /// Runs the windows of each text, and hands what `take` keeps of their outputs back by text.
    ///
    /// `positions` has a list for every window; see `Engine.run`.
    func run<Kept: Sendable>(
        _ encodings: [[Encoding]], outputs: OutputRequest, positions: [[Int]]? = nil,
        take: @Sendable (EncoderOutput) -> Kept
    ) throws -> [[Kept]] {
        let sequences = encodings.flatMap { $0.map { TokenSequence($0) } }
        var rest = try engine.run(sequences, outputs: outputs, positions: positions, take: take)[...]
        return encodings.map { windows in
            defer { rest = rest.dropFirst(windows.count) }
            return Array(rest.prefix(windows.count))
        }
    }
}

/// A text as Unicode scalars, so that a token's offsets find their part of it.
struct ScalarText {
    private let scalars: [Unicode.Scalar]

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The part of a range, which is cut to the text.
    subscript(range: Range<Int>) -> String {
        var part = String.UnicodeScalarView()
        part.append(contentsOf: scalars[range.clamped(to: 0..<scalars.count)])
        return String(part)
    }
}
