// What a family's checkpoints call parameters, and what we call them: one table for reading and writing. Not here: where
// in a checkpoint a model is, and what it has no use for.

/// Names of one family, ours beside theirs.
///
/// Names are those without the prefix that a model with a head has in front of its encoder's.
package struct NameTable: Sendable {
    /// A parameter's two names.
    package struct Pair: Sendable {
        let ours: String
        let theirs: String

        /// One parameter.
        static func parameter(_ ours: String, _ theirs: String? = nil) -> [Pair] {
            [Pair(ours: ours, theirs: theirs ?? ours)]
        }

        /// The weight and the bias of a layer.
        static func layer(_ ours: String, _ theirs: String? = nil) -> [Pair] {
            [".weight", ".bias"].map { Pair(ours: ours + $0, theirs: (theirs ?? ours) + $0) }
        }
    }

    /// What stands in front of an encoder's names beside a head, with the dot.
    package let prefix: String
    /// What stands in front of a block's number, with the dot.
    let blocks: String
    /// The parameters of a block, after its number.
    let block: [Pair]
    /// Those of the heads.
    let heads: [Pair]
    /// Another name that writers give the decoder's bias beside its own; nil where they give none.
    let decoderBiasTwin: String?
    /// Layers that writers keep as one, by what the one is called within a block: the names of its parts in this table.
    var joined: [(whole: String, parts: [String])] = []
    /// Whether the feed-forward's first layer has twice as many rows as its second has columns.
    var isGated = false
    private let bodyOurs: [String: String]
    private let blockOurs: [String: String]
    private let headOurs: [String: String]
    private let theirNames: [String: String]
    private let behindDense: [String: String]

    /// A family's names: `body` those outside of its blocks, besides the pooler's; `outputBehindDense` is what the
    /// last layer is called where a head has a first layer of its own, nil for the name that it has everywhere.
    init(
        prefix: String, blocks: String, body: [[Pair]], block: [[Pair]], heads: [[Pair]], hasPooler: Bool,
        decoderBiasTwin: String?, outputBehindDense: String? = nil
    ) {
        func ours(_ pairs: [Pair]) -> [String: String] {
            Dictionary(pairs.map { ($0.theirs, $0.ours) }, uniquingKeysWith: { first, _ in first })
        }
        func theirs(_ pairs: [Pair]) -> [String: String] {
            Dictionary(pairs.map { ($0.ours, $0.theirs) }, uniquingKeysWith: { first, _ in first })
        }
        let body = body.flatMap { $0 } + (hasPooler ? Pair.layer(ParameterPaths.pooler) : [])
        self.prefix = prefix
        self.blocks = blocks
        self.block = block.flatMap { $0 }
        self.heads = heads.flatMap { $0 } + NameTable.recurrent
        self.decoderBiasTwin = decoderBiasTwin
        bodyOurs = ours(body)
        blockOurs = ours(self.block)
        let outputs = outputBehindDense.map { Pair.layer(ParameterPaths.classifier, $0) } ?? []
        var heads = ours(self.heads + outputs + NameTable.studyOutput)
        if let decoderBiasTwin { heads[decoderBiasTwin] = NameTable.secondDecoderBias }
        headOurs = heads
        theirNames = theirs(body + self.heads)
        behindDense = theirs(outputs)
    }

    /// Our name of the decoder's other bias while a checkpoint is read.
    static let secondDecoderBias = ParameterPaths.decoder + ".bias"

    /// A parameter of ours that a name of theirs stands for.
    struct Found {
        let name: String
        /// The block that it is of, or nil.
        var block: Int?
    }

    /// A parameter of the encoder, the pooler among them, or nil.
    func encoderParameter(_ theirs: String) -> Found? {
        if let name = bodyOurs[theirs] { return Found(name: name) }
        guard let (index, rest) = blockIndex(theirs), let ours = blockOurs[rest] else { return nil }
        return Found(name: ParameterPaths.block(index).prefix + ours, block: index)
    }

    /// A parameter of a head, or nil.
    func headParameter(_ theirs: String) -> Found? { headOurs[theirs].map { Found(name: $0) } }

    /// A parameter of a head, or of the pooler that may stand beside it.
    func parameterBesideHeads(_ theirs: String) -> Found? {
        headParameter(theirs) ?? encoderParameter(theirs).flatMap { NameTable.isPooler($0.name) ? $0 : nil }
    }

    /// Whether a name of ours is a head's, the pooler apart.
    func isHead(_ ours: String) -> Bool {
        ours == NameTable.secondDecoderBias || heads.contains { $0.ours == ours }
    }

    static func isPooler(_ ours: String) -> Bool {
        ours == ParameterPaths.pooler + ".weight" || ours == ParameterPaths.pooler + ".bias"
    }

    /// Their name of a parameter of ours in a model with this head, without the prefix.
    ///
    /// `isStudys` asks for the names of the study's program, which heads that no class of transformers has have always.
    func theirs(_ parameter: Parameter, head: Head, asStudys isStudys: Bool = false) -> String {
        if isStudys || head.form.isOurs,
            let pair = NameTable.studyOutput.first(where: { $0.ours == parameter.name })
        {
            return pair.theirs
        }
        if case .firstToken = head.form, let name = behindDense[parameter.name] { return name }
        guard let index = parameter.part.block else { return theirNames[parameter.name] ?? parameter.name }
        let rest = String(parameter.name.dropFirst(ParameterPaths.block(index).prefix.count))
        return "\(blocks)\(index)." + (block.first { $0.ours == rest }?.theirs ?? rest)
    }

    /// Their name of a table or layer that only messages speak of.
    func theirs(_ ours: String) -> String { theirNames[ours] ?? ours }

    /// Whether there is a table of positions.
    var hasPositions: Bool { theirNames[ParameterPaths.positionEmbeddings] != nil }

    /// Whether a name may be that of an encoder's parameter: a quick look before the tables.
    func mayBeEncoder(_ theirs: Substring) -> Bool {
        theirs.hasPrefix(blocks) || theirs.hasPrefix("embeddings") || theirs.hasPrefix("encoder.")
    }

    /// The number of the block that one of their names belongs to, and the name inside it.
    private func blockIndex(_ name: String) -> (index: Int, rest: String)? {
        guard name.hasPrefix(blocks) else { return nil }
        let rest = name.dropFirst(blocks.count)
        guard let dot = rest.firstIndex(of: "."), let index = Int(rest[..<dot]), index >= 0,
            String(index) == rest[..<dot]
        else { return nil }
        return (index, String(rest[rest.index(after: dot)...]))
    }
}

// MARK: - Shared rows

extension NameTable {
    /// The tables and the normalisation that most families name alike.
    static let tables: [[Pair]] = [
        Pair.parameter(ParameterPaths.wordEmbeddings), Pair.parameter(ParameterPaths.positionEmbeddings),
        Pair.layer(ParameterPaths.embeddingNorm),
    ]
    static let types = Pair.parameter(ParameterPaths.typeEmbeddings)

    /// The table of words alone.
    static func words(_ theirs: String) -> [Pair] { Pair.parameter(ParameterPaths.wordEmbeddings, theirs) }

    /// The last layer of a classifier.
    static let classifier = Pair.layer(ParameterPaths.classifier)

    /// A block as BERT names it.
    static let plainBlock: [[Pair]] = {
        let paths = BlockPaths(prefix: "")
        return [
            paths.query, paths.key, paths.value, paths.attentionOutput, paths.attentionNorm, paths.intermediate,
            paths.output, paths.outputNorm,
        ].map { Pair.layer($0) }
    }()

    /// The last layers that all families name alike.
    static let outputs: [[Pair]] = [classifier, Pair.layer(ParameterPaths.answers)]

    /// The LSTM of a head, which has PyTorch's names everywhere.
    static let recurrent: [Pair] = RecurrentLayer.layerCounts.flatMap { layer in
        [false, true].flatMap { isReverse in
            ParameterPaths.recurrent(layer - 1, isReverse: isReverse).all.flatMap { Pair.parameter($0) }
        }
    }

    /// What the study calls the last layer of a classifier.
    static let studyOutput: [Pair] = Pair.layer(ParameterPaths.classifier, "clf")

    /// Whether a source's name is that of the last layer's weights as the study calls them.
    static func isStudyOutput(_ source: String) -> Bool {
        studyOutput.contains { $0.theirs == source || source.hasSuffix("." + $0.theirs) }
    }

    /// The heads that BERT has.
    static let plainHeads: [[Pair]] =
        outputs + [
            Pair.layer(ParameterPaths.transform), Pair.layer(ParameterPaths.transformNorm),
            Pair.parameter(ParameterPaths.decoder + ".weight"), Pair.parameter(ParameterPaths.decoderBias),
            Pair.layer(ParameterPaths.nextSentence),
        ]

    /// A native file's names, which are ours.
    static let ours = NameTable(
        prefix: "", blocks: "encoder.layer.",
        body: tables + [
            types, Pair.layer(ParameterPaths.embeddingProjection), Pair.parameter(ParameterPaths.relativeBias),
            Pair.layer(ParameterPaths.finalNorm), Pair.parameter(ParameterPaths.distanceVectors),
            Pair.layer(ParameterPaths.distanceNorm),
        ],
        block: plainBlock + [
            Pair.layer(BlockPaths(prefix: "").inputNorm), Pair.layer(BlockPaths(prefix: "").distanceKey),
            Pair.layer(BlockPaths(prefix: "").distanceQuery),
        ],
        heads: plainHeads + [Pair.layer(ParameterPaths.headDense)],
        hasPooler: true, decoderBiasTwin: secondDecoderBias)
}
