// Scores of a classifier that need not answer, or that answers with a set of labels. Not here: when it does.

/// How often a classifier answered, and how often it was right then.
public struct AnsweredReport: Sendable, Equatable {
    /// All examples.
    public private(set) var exampleCount = 0
    /// Those that were answered.
    public private(set) var answeredCount = 0
    /// Those that were answered rightly.
    public private(set) var correctCount = 0

    /// Nothing yet.
    public init() {}

    /// Takes an example.
    public mutating func add(isAnswered: Bool, isRight: Bool) {
        exampleCount += 1
        if isAnswered { answeredCount += 1 }
        if isAnswered, isRight { correctCount += 1 }
    }

    /// The part that was answered.
    public var share: Double { ratio(Double(answeredCount), Double(exampleCount)) }
    /// Of those that were answered, the part that is right; 0 for none.
    public var accuracy: Double { ratio(Double(correctCount), Double(answeredCount)) }
    /// Of all examples, the part that got a wrong answer.
    public var wrongShare: Double { ratio(Double(answeredCount - correctCount), Double(exampleCount)) }
}

/// How often sets of labels held the one that is, and how large they were.
public struct SetReport: Sendable, Equatable {
    /// All examples.
    public private(set) var exampleCount = 0
    /// Those whose set holds the label that is.
    public private(set) var coveredCount = 0
    /// Those whose set has one label.
    public private(set) var singleCount = 0
    /// Labels of all sets together.
    public private(set) var labelCount = 0

    /// Nothing yet.
    public init() {}

    /// Takes an example: the size of its set, and whether that holds the label that is.
    public mutating func add(size: Int, isCovered: Bool) {
        exampleCount += 1
        labelCount += size
        if isCovered { coveredCount += 1 }
        if size == 1 { singleCount += 1 }
    }

    /// The part of the sets that hold the label that is.
    public var coverage: Double { ratio(Double(coveredCount), Double(exampleCount)) }
    /// The mean number of labels of a set.
    public var meanSize: Double { ratio(Double(labelCount), Double(exampleCount)) }
    /// The part of the sets that have one label.
    public var singleShare: Double { ratio(Double(singleCount), Double(exampleCount)) }
}
