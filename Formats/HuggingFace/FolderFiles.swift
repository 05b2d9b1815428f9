// Small files of one folder, read whole within limits. Not here: weights, which nobody reads whole.

internal import AdzeBytes

/// A folder whose entries were listed once.
struct FolderFiles: Sendable {
    /// Enough for the tokenizer.json of a vocabulary of a million.
    static let maximumSize = 128 << 20

    let path: String
    let names: [String]

    init(path: String) throws {
        guard pathExists(path) else { throw FileError.notFound(path: path) }
        guard isFolder(path) else { throw HuggingFaceError.notAFolder(path: path) }
        self.path = path
        self.names = try folderEntries(path)
    }

    func path(of name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

    /// The bytes of a file, or nil where the folder has none of that name.
    func bytes(_ name: String, limit: Int = maximumSize) throws -> [UInt8]? {
        guard names.contains(name) else { return nil }
        return try InputFile.readAll(path: path(of: name), limit: limit) { size in
            HuggingFaceError.tooLarge(file: name, size: size, limit: limit)
        }
    }

    /// A JSON file, or nil where the folder has none of that name; `label` is the file's name in messages.
    func json(_ name: String, label: String? = nil, limit: Int = 16 << 20) throws -> JSONValue? {
        guard let bytes = try bytes(name, limit: limit) else { return nil }
        do throws(JSONError) {
            return try parseJSON(bytes, limits: JSONLimits(bytes: limit))
        } catch {
            throw HuggingFaceError.json(file: label ?? name, error)
        }
    }

    /// A JSON file that must be an object.
    func object(_ name: String, label: String? = nil) throws -> JSONObject? {
        guard let value = try json(name, label: label) else { return nil }
        guard let object = value.object else {
            throw HuggingFaceError.field(
                file: label ?? name, field: "the file", expected: "an object", found: value.kindName)
        }
        return object
    }
}

/// Whether a name from a file may be joined to a folder's path: one component that leads nowhere else.
func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
        && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") }
}
