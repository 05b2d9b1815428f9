// What names and shapes of tensors show of a classifier that reads every position, or that the study's program wrote
// (`bert.*`, `lstm.*`, `clf.*`): such files come without a config.json of their own. Not here: the other heads.

internal import AdzeTensors

/// The tensors of a checkpoint, asked for the study's heads.
struct StudyTensors {
    private let map: ParameterMap
    /// The shape of a tensor by our name of it, or nil.
    private let shape: (String) -> Shape?

    init(_ map: ParameterMap, shape: @escaping (String) -> Shape?) { (self.map, self.shape) = (map, shape) }

    /// Whether the file has the study's names: an LSTM beside the encoder, or `clf` for the last layer.
    var isStudys: Bool {
        hasRecurrent || map.source(of: ParameterPaths.classifier + ".weight").map(NameTable.isStudyOutput) ?? false
    }

    private var hasRecurrent: Bool { map.source(of: ParameterPaths.firstRecurrent) != nil }

    /// The kind of head of a file whose configuration names `named`: the study's files are read beside the configuration
    /// of the model that was fine-tuned, which names its own class.
    func kind(_ named: HeadKind?, _ family: any ModelFamily.Type, notes: inout [String]) -> HeadKind? {
        guard isStudys, named == nil || named == .encoder || named == .maskedLanguageModel || named == .preTraining
        else { return named }
        let stated = named.map { "config.json names \(withArticle(family.className($0)))" } ?? "no class is named"
        notes.append("\(stated); the tensors are those of the study's classifiers of texts (\(family.studyClass))")
        return .classification
    }

    /// The shape with as many blocks as the file has, where a study's file has fewer than the configuration says.
    func fitted(_ config: EncoderShape, notes: inout [String]) -> EncoderShape {
        let blocks = (map.entries.compactMap(\.block) + map.unreadable.values.compactMap(\.block)).max() ?? -1
        guard isStudys, config.sharedBlocks == nil, blocks < config.layerCount - 1 else { return config }
        var fitted = config
        fitted.layerCount = blocks + 1
        notes.append(
            "config.json asks for \(config.layerCount) blocks; the file has \(fitted.layerCount), as the study's models"
                + " of fewer blocks do")
        return fitted
    }

    /// The form of a classifier of texts whose tensors these are; nil for that of the family.
    ///
    /// Throws `HeadFormError` for tensors of a head that no form has.
    func form(_ config: EncoderShape) throws(HeadFormError) -> HeadForm? {
        if hasRecurrent { return .recurrent(try layer(config)) }
        guard let classifier = shape(ParameterPaths.classifier + ".weight"), classifier.rank == 2 else { return nil }
        let (depth, all) = (classifier[1], HiddenStates.all.width(config))
        if depth == config.hiddenSize { return nil }
        if depth == config.tokenLimit * config.hiddenSize { return .flattened(.last) }
        if depth == config.tokenLimit * all { return .flattened(.all) }
        if depth == all { throw .pooledStates }
        return nil
    }

    private func layer(_ config: EncoderShape) throws(HeadFormError) -> RecurrentLayer {
        func paths(_ index: Int, _ isReverse: Bool = false) -> RecurrentPaths {
            ParameterPaths.recurrent(index, isReverse: isReverse)
        }
        func has(_ name: String) -> Bool { map.source(of: name) != nil }
        var layer = RecurrentLayer()
        let name = paths(0).inputWeight
        let found = shape(name) ?? Shape()
        guard found.rank == 2, found[0].isMultiple(of: 4), RecurrentLayer.sizes.contains(found[0] / 4) else {
            throw .misshapenRecurrent(
                name: map.source(of: name) ?? name, found: "\(found)",
                expected: "(4 times the LSTM's size, its inputs), sizes \(RecurrentLayer.sizes)")
        }
        layer.size = found[0] / 4
        layer.isBidirectional = has(paths(0, true).inputWeight)
        layer.layerCount =
            RecurrentLayer.layerCounts.first { !has(paths($0).inputWeight) } ?? RecurrentLayer.layerCounts.upperBound
        layer.states = config.layerCount > 0 && found[1] == HiddenStates.all.width(config) ? .all : .last
        return layer
    }
}

extension EncoderShape {
    /// The shape with no more positions than `length` tokens need.
    func limited(to length: Int) -> EncoderShape {
        var limited = self
        switch positions {
        case .absolute(let rows): limited.positions = .absolute(rows: min(rows, length))
        case .afterPadding(let rows, let padID):
            limited.positions = .afterPadding(rows: min(rows, length + padID + 1), padID: padID)
        case .none(let limit): limited.positions = .none(tokenLimit: min(limit, length))
        }
        return limited
    }
}
