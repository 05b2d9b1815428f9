// Every parameter of a shape with a head, in one order: that of transformers' BERT, in which native files and trained
// weights lie. Not here: what the parameters are used for.

internal import AdzeTensors

extension EncoderShape {
    /// Every parameter of a model with this head: the embeddings, the stored blocks, the pooler, the head.
    ///
    /// The first is the table of words.
    public func parameters(head: Head) -> [Parameter] {
        var list = ParameterList()
        addEmbeddings(to: &list)
        for index in 0..<blockCount { addBlock(index, to: &list) }
        if normsFirst { list.norm(ParameterPaths.finalNorm, hiddenSize, .end, hasShift: biases.norms) }
        if head.hasPooler {
            list.dense(ParameterPaths.pooler, out: hiddenSize, in: hiddenSize, .pooler, group: .pooler)
        }
        addHead(head, to: &list)
        return list.parameters
    }

    /// The number of weights of a model with this head.
    public func parameterCount(head: Head) -> Int { parameters(head: head).reduce(0) { $0 + $1.shape.count } }

    private func addEmbeddings(to list: inout ParameterList) {
        list.add(
            ParameterPaths.wordEmbeddings, Shape(vocabularySize, embeddingSize), .embeddings, .wordTable,
            group: .wordEmbeddings, hasWordRows: true)
        if positions.rows > 0 {
            list.add(
                ParameterPaths.positionEmbeddings, Shape(positions.rows, embeddingSize), .embeddings, .positionTable,
                group: .positionEmbeddings)
        }
        if typeRows > 0 {
            list.add(ParameterPaths.typeEmbeddings, Shape(typeRows, embeddingSize), .embeddings, .typeTable)
        }
        if normalizesEmbeddings {
            list.norm(
                ParameterPaths.embeddingNorm, normalizesProjected ? hiddenSize : embeddingSize, .embeddings,
                hasShift: biases.norms)
        }
        if projectsEmbeddings && normalizesProjected {
            list.add(
                ParameterPaths.embeddingProjection + ".weight", Shape(hiddenSize, embeddingSize), .embeddings, .weight)
        } else if projectsEmbeddings {
            list.dense(ParameterPaths.embeddingProjection, out: hiddenSize, in: embeddingSize, .embeddings)
        }
        if let relativeBias {
            list.add(ParameterPaths.relativeBias, Shape(relativeBias.buckets, headCount), .embeddings, .biasTable)
        }
        if let distanceAttention {
            list.add(
                ParameterPaths.distanceVectors, Shape(distanceAttention.tableRows, hiddenSize), .embeddings,
                .distanceTable)
            if distanceAttention.normalizes { list.norm(ParameterPaths.distanceNorm, hiddenSize, .embeddings) }
        }
    }

    private func addBlock(_ index: Int, to list: inout ParameterList) {
        let (paths, part) = (ParameterPaths.block(index), ParameterPart.block(index))
        let width = heads(ofBlock: index).width
        // What the first block reads has been normalised.
        if normsFirst && index > 0 { list.norm(paths.inputNorm, hiddenSize, part, hasShift: biases.norms) }
        for path in [paths.query, paths.key, paths.value] {
            list.dense(
                path, out: width, in: hiddenSize, part, group: .queryKeyValue(block: index), hasBias: biases.attention)
        }
        if let distanceAttention, !distanceAttention.sharesLayers {
            if distanceAttention.readsKeys { list.dense(paths.distanceKey, out: width, in: hiddenSize, part) }
            if distanceAttention.readsQueries { list.dense(paths.distanceQuery, out: width, in: hiddenSize, part) }
        }
        list.dense(
            paths.attentionOutput, out: hiddenSize, in: width, part, group: .attentionOutput(block: index),
            hasBias: biases.attention)
        list.norm(paths.attentionNorm, hiddenSize, part, hasShift: biases.norms)
        list.dense(
            paths.intermediate, out: innerSize, in: hiddenSize, part, group: .feedForwardUp(block: index),
            hasBias: biases.feedForward)
        list.dense(
            paths.output, out: hiddenSize, in: intermediateSize, part, group: .feedForwardDown(block: index),
            hasBias: biases.feedForward)
        if !normsFirst { list.norm(paths.outputNorm, hiddenSize, part, hasShift: biases.norms) }
    }

    private func addHead(_ head: Head, to list: inout ParameterList) {
        if case .firstToken = head.form {
            list.dense(ParameterPaths.headDense, out: hiddenSize, in: hiddenSize, .head, group: .headDense)
        }
        if case .recurrent(let layer) = head.form {
            list.recurrent(layer, in: layer.states.width(self), .head)
        }
        if case .prompt = head.form {
            list.dense(
                ParameterPaths.transform, out: embeddingSize, in: hiddenSize, .head, hasBias: biases.headTransform)
            list.norm(ParameterPaths.transformNorm, embeddingSize, .head, hasShift: biases.norms)
        }
        if case .transformed = head.form {
            list.dense(
                ParameterPaths.transform, out: hiddenSize, in: hiddenSize, .head, group: .headDense,
                hasBias: biases.headTransform)
            list.norm(ParameterPaths.transformNorm, hiddenSize, .head, hasShift: biases.norms)
        }
        if let labels = head.labels {
            list.dense(ParameterPaths.classifier, out: labels.count, in: head.form.classifierDepth(self), .head)
        }
        if head.task == .questionAnswering { list.dense(head.outputPath, out: 2, in: hiddenSize, .head) }
        if let vocabulary = head.form.vocabulary {
            if biases.decoder {
                list.add(ParameterPaths.decoderBias, Shape(vocabularySize), .head, .bias, hasWordRows: true)
            }
            list.dense(
                ParameterPaths.transform, out: embeddingSize, in: hiddenSize, .head, group: .vocabularyTransform,
                hasBias: biases.headTransform)
            list.norm(ParameterPaths.transformNorm, embeddingSize, .head, hasShift: biases.norms)
            if vocabulary.decoder == .separate {
                list.add(
                    ParameterPaths.decoder + ".weight", Shape(vocabularySize, embeddingSize), .head, .weight,
                    group: .vocabularyDecoder, hasWordRows: true)
            }
        }
        if head.predictsNextSentence { list.dense(ParameterPaths.nextSentence, out: 2, in: hiddenSize, .head) }
    }
}

/// Parameters as they are listed, layer by layer.
private struct ParameterList {
    private(set) var parameters: [Parameter] = []

    mutating func add(
        _ name: String, _ shape: Shape, _ part: ParameterPart, _ role: ParameterRole, group: LayerGroup? = nil,
        hasWordRows: Bool = false
    ) {
        parameters.append(
            Parameter(name: name, shape: shape, part: part, role: role, group: group, hasWordRows: hasWordRows))
    }

    mutating func dense(
        _ path: String, out: Int, in depth: Int, _ part: ParameterPart, group: LayerGroup? = nil, hasBias: Bool = true
    ) {
        add(path + ".weight", Shape(out, depth), part, .weight, group: group)
        if hasBias { add(path + ".bias", Shape(out), part, .bias) }
    }

    mutating func recurrent(_ layer: RecurrentLayer, in depth: Int, _ part: ParameterPart) {
        for index in 0..<layer.layerCount {
            for direction in 0..<layer.directionCount {
                let paths = ParameterPaths.recurrent(index, isReverse: direction == 1)
                let gates = 4 * layer.size
                add(paths.inputWeight, Shape(gates, index == 0 ? depth : layer.width), part, .recurrentWeight)
                add(paths.recurrentWeight, Shape(gates, layer.size), part, .recurrentWeight)
                add(paths.inputBias, Shape(gates), part, .recurrentBias)
                add(paths.recurrentBias, Shape(gates), part, .recurrentBias)
            }
        }
    }

    mutating func norm(_ path: String, _ size: Int, _ part: ParameterPart, hasShift: Bool = true) {
        add(path + ".weight", Shape(size), part, .normScale)
        if hasShift { add(path + ".bias", Shape(size), part, .normShift) }
    }
}
