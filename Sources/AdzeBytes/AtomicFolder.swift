// A folder of files that is put in the place of an older one: what is ours is replaced, what is not stays. Not here: how
// names are changed (`FolderSwap`), and which files there are.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a writer of folders calls its own.
package struct FolderLayout: Sendable {
    /// The file without which the folder is nothing to any reader: it goes first and comes last, so that a reader in
    /// between finds no folder of ours rather than half of each.
    package let key: String
    /// Whether a file, by its path in the folder (one folder deep at most), is one that a new folder replaces.
    package let isOurs: @Sendable (String) -> Bool

    /// A layout.
    package init(key: String, isOurs: @escaping @Sendable (String) -> Bool) {
        self.key = key
        self.isOurs = isOurs
    }

    /// Files of ours in a folder, the key first, and whether there is anything else in it.
    func files(of folder: String, except ignored: String? = nil) throws(FileError) -> (ours: [String], hasOthers: Bool)
    {
        var ours: [String] = []
        var hasOthers = false
        for name in try folderEntries(folder) where name != ignored {
            guard isRealFolder("\(folder)/\(name)") else {
                if isOurs(name) { ours.append(name) } else { hasOthers = true }
                continue
            }
            let inner = try folderEntries("\(folder)/\(name)")
            for file in inner {
                let path = "\(name)/\(file)"
                if isOurs(path), !isRealFolder("\(folder)/\(path)") { ours.append(path) } else { hasOthers = true }
            }
            if inner.isEmpty { hasOthers = true }
        }
        return (ours.filter { $0 == key } + ours.filter { $0 != key }, hasOthers)
    }
}

/// A folder that appears under its name only when all its files are written.
///
/// A folder that is there is replaced file by file, or, where all in it is ours, as a whole in one step: at no moment is
/// there none. What the layout does not call ours stays where it is. Files and the folder keep their mode and owner; a
/// link to a folder is followed, a link in the place of a file goes, and what it leads to stays.
package struct AtomicFolder: ~Copyable {
    /// Where the folder will appear.
    package let path: String
    /// The folder that takes the files until then.
    package let temporary: String
    private let staging: Temporary
    private let place: OutputPlace
    private let layout: FolderLayout
    private let replacing: Bool

    /// Makes the temporary folder, inside of the one that is to be replaced or beside the one that is to be; throws as
    /// `check` does.
    package init(path: String, layout: FolderLayout, replacing: Bool) throws(FileError) {
        try AtomicFolder.check(path, layout: layout, replacing: replacing)
        let place = try OutputPlace(path)
        let (folder, name) = splitPath(place.target)
        let staging = try Temporary.folder(
            in: place.kind == .folder ? place.target : folder, for: name, output: path)
        let temporary = staging.path + "/new"
        guard UnfinishedOutputs.creating({ unsafe mkdir(temporary, 0o777) }) == 0 else {
            let error = FileError.current("create", path)
            AtomicFolder.remove(staging)
            throw error
        }
        self.init(place, staging: staging, temporary: temporary, layout: layout, replacing: replacing)
    }

    private init(
        _ place: OutputPlace, staging: Temporary, temporary: String, layout: FolderLayout, replacing: Bool
    ) {
        self.path = place.path
        self.place = place
        self.staging = staging
        self.temporary = temporary
        self.layout = layout
        self.replacing = replacing
    }

    deinit { AtomicFolder.remove(staging) }

    /// Refuses what a save would refuse after the work: throws `FileError.exists` where a folder is there and `replacing`
    /// is false, `.unfitOutput` where something else is, or a folder in the place of a file; `.system` where no file can
    /// be made.
    ///
    /// What killed processes left for the same output is removed, and where one was killed while it changed names, the
    /// old folder is whole again.
    package static func check(_ path: String, layout: FolderLayout, replacing: Bool) throws(FileError) {
        let place = try OutputPlace(path)
        let (folder, name) = splitPath(place.target)
        if replacing, place.kind == .folder {
            for folder in [folder, place.target] {
                Temporary.sweep(folder, for: name) { path, isFolder in
                    guard isFolder else { return _ = unsafe unlink(path) }
                    FolderSwap(target: place.target, staging: path, layout: layout).takeBack()
                    removeFolder(path)
                }
            }
        } else {
            Temporary.sweep(folder, for: name) { path, isFolder in
                if isFolder { removeFolder(path) } else { unsafe unlink(path) }
            }
        }
        try place.check(.folder, replacing: replacing)
        guard place.kind == .folder else { return }
        for name in try folderEntries(place.target) where layout.isOurs(name) && isRealFolder("\(place.target)/\(name)")
        {
            throw .unfitOutput(path: "\(path)/\(name)", expected: "a file", found: "a folder")
        }
    }

    /// Gives the files their place.
    ///
    /// Throws `FileError`; then all that was there before still is.
    package consuming func commit() throws(FileError) {
        try FolderSwap(target: place.target, staging: staging.path, layout: layout).run(
            replacing: replacing, path: path)
    }

    private static func remove(_ staging: Temporary) {
        // A swap may have moved it beside the folder.
        for path in FolderSwap.places(of: staging.path) where pathExists(path) { removeFolder(path) }
        for path in FolderSwap.places(of: staging.path) { UnfinishedOutputs.remove(path) }
        close(staging.descriptor)
    }
}
