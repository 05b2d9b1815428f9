// `finetune --prompt`: a classifier that asks a masked language model in words. Not here: what becomes of the prompt.

import Adze
import ArgumentParser

/// A prompt and a word for each label.
struct PromptOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Ask a model that fills masks in words, such as '{text} It was [MASK].', with {pair} for the second of two "
                + "texts; its own layers and words are the classifier; default: none.", valueName: "TEMPLATE"))
    var prompt: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The word that stands for each label at the mask of --prompt, one token each, such as bad=terrible,good=great; "
                + "default: none.", valueName: "LABEL=WORD,…"))
    var words: String?

    func validate() throws { _ = try asked() }

    /// The prompt that is asked for, if any is.
    func asked() throws -> Prompt? {
        guard let prompt else {
            guard words == nil else {
                throw ValidationError("--words is for --prompt, which says where they are asked for")
            }
            return nil
        }
        guard let words else {
            throw ValidationError("--prompt needs --words, a word for each label, as in bad=terrible,good=great")
        }
        let answers = try splitLabels(words).map { item in
            guard let equals = item.lastIndex(of: "=") else {
                throw ValidationError("--words: \(quoted(item, limit: 40)) is no LABEL=WORD")
            }
            let (label, word) = (trimmed(item[..<equals]), trimmed(item[item.index(after: equals)...]))
            guard !label.isEmpty, !word.isEmpty else {
                throw ValidationError("--words: \(quoted(item, limit: 40)) is no LABEL=WORD")
            }
            return Prompt.Answer(label: label, word: word)
        }
        guard answers.count > 1 else {
            throw ValidationError("--words: expected a word for each of two labels or more")
        }
        do {
            return Prompt(template: try PromptTemplate(prompt), answers: answers)
        } catch {
            throw ValidationError("--prompt: \(error.description)")
        }
    }

    /// Refuses options of `finetune` that mean nothing beside a prompt.
    func check(_ command: FinetuneCommand) throws {
        guard prompt != nil else { return }
        let head = command.head
        let given: [(name: String, isGiven: Bool, reason: String)] = [
            ("--new-head", head.newHead != nil, "--words names the labels"),
            ("--head", head.form.head != nil, "the classifier is the model's own mask"),
            ("--own-table", head.ownTable != nil, "it asks what a model knows"),
            ("--few", command.few.few, "that learns from pairs of texts, without words"),
            ("--reinit", command.recipe.reinit != nil, "it reads no pooler"),
        ]
        if let wrong = given.first(where: \.isGiven) {
            throw ValidationError("\(wrong.name) does not go with --prompt: \(wrong.reason)")
        }
        if let task = head.task, task != "label" {
            throw ValidationError("--task \(task) does not go with --prompt, which says one label a text")
        }
    }
}
