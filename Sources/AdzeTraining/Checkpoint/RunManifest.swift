// The manifest of a run's folder: which run it is, how far it has come, and which files hold its arrays with which
// checksums. A checkpoint is whole iff its manifest stands. Not here: reading and writing files.

internal import AdzeBytes

/// What a run is made of: two runs of the same identity give the same bytes.
struct RunIdentity: Sendable, Equatable {
    var recipe: Recipe
    var data: String
    var development: String
    var model: String
    /// What a teacher says of the training examples; nil without a teacher.
    var teacher: String?
}

/// A run of fp32 values in a file.
struct ArraySection: Sendable, Equatable {
    var name: String
    var count: Int
    var checksum: String
}

/// A file of sections, one after another.
struct ArrayFile: Sendable, Equatable {
    var name: String
    var sections: [ArraySection]

    var byteCount: Int? {
        var total = 0
        for section in sections {
            let (sum, overflow) = total.addingReportingOverflow(section.count)
            guard section.count >= 0, !overflow, sum <= Int.max / 4 else { return nil }
            total = sum
        }
        return total * 4
    }
}

struct RunManifest: Sendable, Equatable {
    static let format = "adze-run"
    /// 1 had no checksum: what was edited in it could not be told.
    static let version = 2

    var identity: RunIdentity
    /// Counts the saves, so that no save writes over a file that a manifest names.
    var serial: Int
    var state: RunState
    var arrays: ArrayFile
    /// The best epoch's weights, where they are not the present ones.
    var best: ArrayFile?

    /// The manifest with its checksum.
    var json: JSONValue { RunManifest.sealed(members) }

    private var members: JSONObject {
        var members: JSONObject = [
            "format": .string(RunManifest.format), "version": .integer(RunManifest.version),
            "recipe": identity.recipe.json, "data": .string(identity.data),
            "development": .string(identity.development), "model": .string(identity.model),
            "serial": .integer(serial), "state": state.json, "arrays": arrays.json, "best": best?.json ?? .null,
        ]
        if let teacher = identity.teacher { members["teacher"] = .string(teacher) }
        return members
    }

    /// An object with the checksum of its members, however they are laid out.
    static func sealed(_ members: JSONObject) -> JSONValue {
        var members = members
        members["checksum"] = nil
        let text = Array(JSONValue.object(members).canonical.text.utf8)
        members["checksum"] = unsafe .string(hexDigits(text.withUnsafeBytes { unsafe xxh64($0) }))
        return .object(members)
    }

    /// Reads what `json` gave; throws `RunCheckpointError`.
    init(json: JSONValue) throws(RunCheckpointError) {
        guard json["format"]?.string == RunManifest.format else { throw .notAManifest(part: "format") }
        guard json["version"]?.integer == RunManifest.version else {
            throw .version(found: json["version"]?.kindName ?? "none", expected: RunManifest.version)
        }
        guard let members = json.object, RunManifest.sealed(members)["checksum"] == json["checksum"] else {
            throw .manifestChecksum
        }
        guard let recipe = json["recipe"] else { throw .notAManifest(part: "recipe") }
        do throws(RecipeError) {
            identity = RunIdentity(recipe: try Recipe(json: recipe), data: "", development: "", model: "")
        } catch { throw .notAManifest(part: "recipe") }
        guard let data = json["data"]?.string, let development = json["development"]?.string,
            let model = json["model"]?.string
        else { throw .notAManifest(part: "digests") }
        (identity.data, identity.development, identity.model) = (data, development, model)
        identity.teacher = json["teacher"]?.string
        guard let serial = json["serial"]?.integer, (0...RunFolder.serialLimit).contains(serial) else {
            throw .notAManifest(part: "serial")
        }
        self.serial = serial
        guard let state = json["state"].flatMap(RunState.init(json:)) else { throw .notAManifest(part: "state") }
        self.state = state
        guard let arrays = json["arrays"].flatMap(ArrayFile.init(json:)) else { throw .notAManifest(part: "arrays") }
        self.arrays = arrays
        guard let best = json["best"] else { throw .notAManifest(part: "best") }
        self.best = ArrayFile(json: best)
        guard best.isNull || self.best != nil else { throw .notAManifest(part: "best") }
    }

    init(identity: RunIdentity, serial: Int, state: RunState, arrays: ArrayFile, best: ArrayFile?) {
        self.identity = identity
        self.serial = serial
        self.state = state
        self.arrays = arrays
        self.best = best
    }
}

extension ArrayFile {
    fileprivate var json: JSONValue {
        .object([
            "name": .string(name),
            "sections": .array(
                sections.map {
                    .object([
                        "name": .string($0.name), "count": .integer($0.count), "checksum": .string($0.checksum),
                    ])
                }),
        ])
    }

    fileprivate init?(json: JSONValue) {
        // A name with a slash would lead out of the folder.
        guard let name = json["name"]?.string, RunFolder.serial(of: name) != nil, let list = json["sections"]?.array
        else { return nil }
        var sections: [ArraySection] = []
        for item in list {
            guard let section = item["name"]?.string, let count = item["count"]?.integer,
                let checksum = item["checksum"]?.string
            else { return nil }
            sections.append(ArraySection(name: section, count: count, checksum: checksum))
        }
        self.init(name: name, sections: sections)
        guard byteCount != nil else { return nil }
    }
}
