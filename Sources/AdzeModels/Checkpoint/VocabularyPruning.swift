// A checkpoint with the rows of some words alone: of its table of words, of a decoder that has weights of its own, and of the
// decoder's bias. Not here: the tokenizer with these words, nor which they are.

public import AdzeBytes
internal import AdzeTensors

extension ModelCheckpoint {
    /// The checkpoint with the rows of the words that a map keeps, under the ids that it gives them; rows beyond the map's
    /// vocabulary, which pad many tables, go.
    ///
    /// What stays has the bits that it had. The map's vocabulary has no more words than there are rows, and keeps
    /// `config.requiredWords`.
    /// - Complexity: O(parameters); no weight is read before it is asked for.
    public func keepingWords(_ map: VocabularyMap) -> ModelCheckpoint {
        precondition(map.oldCount <= config.vocabularySize, "a row for each word")
        guard let padID = map[config.padTokenID], config.requiredWords.allSatisfy({ map[$0] != nil }) else {
            preconditionFailure("words that the shape names stay")
        }
        var smaller = config
        (smaller.vocabularySize, smaller.padTokenID) = (map.count, padID)
        let rows = map.runs
        return taking(smaller) { $0.hasWordRows ? TensorCut(axis: 0, kept: rows) : nil }
    }
}

extension EncoderShape {
    /// The ids of words that the shape itself names and that must stay in a vocabulary which is cut down: the padding, and
    /// where positions count from its id, every id before it, so that it keeps its own.
    public var requiredWords: [Int] {
        positions.padID.map { Array(0...$0) + [padTokenID] } ?? [padTokenID]
    }
}

extension WeightOutliers {
    /// The outliers of the same matrices with the rows of some words alone.
    public func keepingWords(_ map: VocabularyMap, of parameters: [Parameter]) -> WeightOutliers {
        var left: [String: [Int]] = [:]
        for parameter in parameters {
            let found = elements(parameter.name)
            guard parameter.hasWordRows else {
                left[parameter.name] = found
                continue
            }
            let columns = parameter.shape.rowLength
            left[parameter.name] = found.compactMap { element in
                map[element / columns].map { $0 * columns + element % columns }
            }
        }
        return WeightOutliers(elements: left)
    }
}
