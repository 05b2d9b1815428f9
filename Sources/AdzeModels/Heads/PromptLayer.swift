// The head of a classifier that asks in words: a masked language model's own layers at one mask of a prompt, and in place of
// its decoder the rows of some words, one a class. Not here: the prompt, which is the tokenizer's frame, and which words.
//
// Source: Schick and Schütze (2021), Exploiting Cloze Questions for Few Shot Text Classification, arXiv:2001.07676; trained
// as Gao, Fisch and Chen (2021), Making Pre-trained Language Models Better Few-shot Learners, arXiv:2012.15723.

public import AdzeKernels

/// Where a head finds the mask of a prompt, and what follows the transform.
public struct PromptLayer: Sendable, Equatable {
    /// The mask's place among an input's tokens, special ones too: from 0, or behind the text from -1, the last token, down.
    public var place: Int
    /// What follows the transform.
    public var activation: Activation

    /// A mask at a place.
    public init(place: Int, activation: Activation) { (self.place, self.activation) = (place, activation) }

    /// The places that a mask may have.
    package static let places = -1000...1000

    /// The mask's row of a sequence that has some rows; the nearest there is where the sequence is shorter than the prompt.
    package func row(in tokens: Range<Int>) -> Int {
        let row = place < 0 ? tokens.upperBound + place : tokens.lowerBound + place
        return min(max(row, tokens.lowerBound), tokens.upperBound - 1)
    }

    /// The name that specifications of the form begin with.
    package static let name = "prompt"

    /// As a `config.json` has it, such as `prompt:at=-3:activation=gelu`.
    package var specification: String { "\(PromptLayer.name):at=\(place):activation=\(activation.rawValue)" }

    /// Reads what `specification` wrote, nothing else; nil for another form's.
    ///
    /// Throws `HeadFormError.badSetting`.
    init?(specification text: String) throws(HeadFormError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.first == PromptLayer.name[...] else { return nil }
        guard parts.count == 3, parts[1].hasPrefix("at="), parts[2].hasPrefix("activation="),
            let place = Int(parts[1].dropFirst(3)), PromptLayer.places.contains(place),
            let activation = Activation(rawValue: String(parts[2].dropFirst(11)))
        else {
            throw .badSetting(PromptLayer.name, value: text, expected: "such as prompt:at=-3:activation=gelu")
        }
        self.init(place: place, activation: activation)
    }
}
