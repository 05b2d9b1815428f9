// Cleaning texts as a model says it: the steps that it was trained with, and the files that these need. Not here: what the
// steps do, which is AdzeData's.

public import AdzeData
internal import AdzeModelFiles
internal import Synchronization

/// How texts are to be cleaned for a model.
public enum CleaningChoice: Sendable {
    /// As the model says.
    case asTheModelSays
    /// Not at all.
    case notAtAll
    /// By this, whatever the model says.
    case by(TextCleaner)
}

extension ModelBundle {
    /// The model with texts cleaned in another way; what is written of it carries that on.
    ///
    /// Throws `BundleError.unfitReading` for a model that is no classifier of texts.
    public func cleaning(_ choice: CleaningChoice) throws(BundleError) -> ModelBundle {
        var wish = reading
        switch choice {
        case .asTheModelSays: return self
        case .notAtAll: wish.cleaning = nil
        case .by(let cleaner): wish.cleaning = cleaner.cleaning
        }
        return try reading(as: wish, option: "--clean")
    }

    /// What cleans texts for the model; nil where it says nothing of that.
    ///
    /// Throws `CleaningError` where the lemmas' files are missing or none, and `FileError`.
    public func cleaner() throws -> TextCleaner? {
        try reading.cleaning?.cleaner(wordNet: wordNetPath)
    }

    /// A text as the model takes it, and the model for texts that are cleaned. Throws as `cleaner()` does.
    package func cleaned(_ input: TextInput) throws -> (input: TextInput, bundle: ModelBundle) {
        (try cleaner().clean(input), try cleaning(.notAtAll))
    }

    /// What a person should hear of the cleaning of texts. Throws as `cleaner()` does.
    package func cleaningNotes() throws -> [String] { try cleaner()?.notes(expected: reading.cleaning) ?? [] }
}

/// What cleans texts for the model of a tokenizer, and what a person should hear of it; nil where the model says nothing of
/// that, or there is none.
///
/// Weights are not read. Throws `TextReadingError`, and as `ModelBundle.cleaner()` does.
package func openCleaner(path: String, wordNet: String?) throws -> (cleaner: TextCleaner, notes: [String])? {
    guard let value = try openConfiguration(path: path)?[TextReading.configKey] else { return nil }
    do {
        guard let cleaning = try TextReading(json: value).cleaning else { return nil }
        let cleaner = try cleaning.cleaner(wordNet: wordNet)
        return (cleaner, cleaner.notes(expected: cleaning))
    } catch let error as TextReadingError {
        throw LocatedError(path: path, underlying: error)
    }
}

extension Cleaning {
    /// What cleans so, with the files of a folder, nil being Debian's.
    fileprivate func cleaner(wordNet folder: String?) throws -> TextCleaner {
        TextCleaner(self, wordNet: wordNet == nil ? nil : try WordNet.opened(folder: folder))
    }
}

extension WordNet {
    /// The files of a folder, nil being Debian's, read once in a process; throws as `init(folder:)` does.
    package static func opened(folder: String?) throws -> WordNet {
        let folder = folder ?? WordNet.debianFolder
        return try all.withLock { all in
            if let known = all[folder] { return known }
            let read = try WordNet(folder: folder)
            all[folder] = read
            return read
        }
    }

    private static let all = Mutex<[String: WordNet]>([:])
}

extension TextCleaner {
    /// What a person should hear of cleaning that a model asks for.
    fileprivate func notes(expected cleaning: Cleaning?) -> [String] {
        let steps = self.cleaning.steps.map(\.rawValue).joined(separator: ", ")
        var notes = ["texts are cleaned, as the model says: \(steps); --clean says otherwise"]
        if let wordNet, wordNet.fingerprint != cleaning?.wordNet {
            notes.append("WordNet's files are not those that the model was told of; lemmas may differ")
        }
        return notes
    }

    /// A text, or both of a pair, cleaned.
    func clean(_ input: TextInput) -> TextInput { TextInput(clean(input.text), pair: input.pair.map(clean)) }
}

extension TextCleaner? {
    /// A text, or both of a pair, cleaned; as it is where nothing cleans.
    func clean(_ input: TextInput) -> TextInput { self?.clean(input) ?? input }
}
