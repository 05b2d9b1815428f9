// The folder of a comparison: what it compares, a record for each run that is done, the models that may still be needed, and
// the checkpoint of the run at hand. Not here: the table and the page, which are made of the records anew each time.
//
//     comparison.json      what all runs share
//     runs/KEY.json        a run that is done
//     runs/KEY.checkpoint  the one that was interrupted
//     models/KEY.adze      its model, while no other configuration is known to be better
//     test.json            which configurations have met the test set, and how they did

internal import AdzeBytes
internal import AdzeTraining

/// A comparison's folder.
struct ComparisonFolder {
    let path: String
    /// What all runs share, as an object.
    let identity: JSONObject

    /// Opens a folder, or makes it.
    ///
    /// Throws `ComparisonError` for one that holds something else, or a comparison of something else, and `FileError`.
    init(path: String, identity: JSONObject) throws {
        self.path = withoutTrailingSlashes(path)
        self.identity = identity
        let manifest = self.path + "/comparison.json"
        if pathExists(manifest) {
            let found = try readJSON(manifest).object ?? [:]
            let names = [
                "version": "version", "model": "model", "train": "training set", "dev": "development set",
                "unlabelled": "unlabelled texts",
            ]
            let keys = Set(identity.keys).union(found.keys).sorted()
            let differences = keys.filter { found[$0] != identity[$0] }.map { names[$0] ?? $0 }
            guard differences.isEmpty else {
                throw ComparisonError.otherComparison(path: self.path, differences: differences)
            }
            return
        }
        if isFolder(self.path), try !folderEntries(self.path).isEmpty {
            throw ComparisonError.notAComparison(path: self.path)
        }
        for name in ["x", "runs/x", "models/x"] { try makeFolder(of: self.path + "/" + name) }
        try ComparisonFolder.write(.object(identity), to: manifest)
    }

    // MARK: Runs

    /// The name of a run: a hash of all that changes it.
    func key(_ configuration: ComparisonConfiguration, recipe: Recipe) -> String {
        var facts: JSONObject = [
            "shared": .object(identity), "blocks": .array(configuration.blocks.map { .integer($0) }),
            "head": .string(configuration.head), "recipe": recipe.json,
        ]
        if let size = configuration.wordTableSize { facts["wordTable"] = .integer(size) }
        return hexDigits(digest(JSONValue.object(facts).text))
    }

    func checkpoint(_ key: String) -> String { "\(path)/runs/\(key).checkpoint" }
    func model(_ key: String) -> String { "\(path)/models/\(key).adze" }

    /// The record of a run that is done; nil for one that is not. Throws for a file that is none of ours.
    func record(_ key: String) throws -> ComparisonRecord? {
        let file = "\(path)/runs/\(key).json"
        guard pathExists(file) else { return nil }
        guard let record = ComparisonRecord(json: try readJSON(file)) else {
            throw ComparisonError.damaged(path: file, detail: "expected the record of a run")
        }
        return record
    }

    /// Keeps a run that is done, and drops the checkpoint that led to it.
    func keep(_ record: ComparisonRecord, _ key: String) throws {
        try ComparisonFolder.write(.object(record.json), to: "\(path)/runs/\(key).json")
        removeTree(checkpoint(key))
    }

    /// Removes the model of a run.
    func dropModel(_ key: String) { removeTree(model(key)) }

    // MARK: Test

    /// The score over a test set of each model that has met it.
    func testScores() throws -> JSONObject {
        let file = path + "/test.json"
        return pathExists(file) ? try readJSON(file).object ?? [:] : [:]
    }

    func keepTestScores(_ scores: JSONObject) throws {
        try ComparisonFolder.write(.object(scores), to: path + "/test.json")
    }

    static func write(_ value: JSONValue, to path: String) throws {
        var file = try AtomicFile(path: path, replacing: true)
        try file.write(Array((value.indentedText + "\n").utf8))
        try file.commit()
    }
}

/// A hash of a text.
func digest(_ text: String, seed: UInt64 = 0) -> UInt64 {
    unsafe Array(text.utf8).withUnsafeBytes { unsafe xxh64($0, seed: seed) }
}
