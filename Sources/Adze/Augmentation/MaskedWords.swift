// Words that a masked language model replaces by what it expects in their place. Not here: which of them, and the model.

internal import AdzeData

/// Puts other words in the place of some.
///
/// A word is masked whole, however many tokens it is. Of the model's candidates those count that are whole words and not
/// the one that stood there; one of the best of them is drawn by its probability.
struct MaskedWords {
    /// A text, the words that are masked, and what is drawn with.
    struct Job {
        let words: TextWords
        let places: [Int]
        var draws: CopyDraws

        /// A copy of a text; nil where it has no word, or a mask of its own.
        init?(_ text: String, share: Double, maskToken: String, draws: CopyDraws) {
            let words = TextWords(text)
            guard words.count > 0, !text.contains(maskToken) else { return nil }
            var draws = draws
            places = WordOperations.masked(words, share: share, &draws)
            (self.words, self.draws) = (words, draws)
        }
    }

    let filler: MaskFiller

    /// From how many candidates a word is drawn, and of how many tokens these are the best that are words.
    private static let (choices, candidates) = (10, 50)
    /// Texts that are in the model's hands at a time.
    private static let window = 512

    /// The texts with their words replaced; nil where no mask was within the model's length.
    func texts(_ jobs: [Job]) throws -> [String?] {
        var options = TextOptions()
        // What is cut off is the end, so that the masks that are left are the first.
        options.longText = .head
        var texts: [String?] = []
        for start in stride(from: 0, to: jobs.count, by: MaskedWords.window) {
            let window = jobs[start..<min(start + MaskedWords.window, jobs.count)]
            let filled = try filler.fill(
                window.map { TextInput(masked($0)) }, topK: MaskedWords.candidates, options: options)
            for (job, answer) in zip(window, filled) {
                switch answer {
                case .success(let text): texts.append(replaced(job, by: text))
                case .failure(.notFinite): throw TextProblem.notFinite
                case .failure: texts.append(nil)
                }
            }
        }
        return texts
    }

    private func masked(_ job: Job) -> String {
        var words = job.words
        for place in job.places { words[place] = filler.maskToken }
        return words.text
    }

    private func replaced(_ job: Job, by filled: FilledText) -> String {
        var (words, draws) = (job.words, job.draws)
        for (place, candidates) in zip(job.places, filled.masks) {
            let old = words[place]
            let fit = candidates.filter { TextWords.isWord($0.text, otherThan: old) }.prefix(MaskedWords.choices)
            // Drawn whether it is needed or not, so that one word's candidates do not shift the draws of the next.
            var left = draws.unit() * fit.reduce(0) { $0 + $1.score }
            guard
                let chosen = fit.first(where: {
                    left -= $0.score; return left < 0
                }) ?? fit.last
            else { continue }
            words[place] = TextWords.cased(chosen.text, like: old)
        }
        return words.text
    }
}
