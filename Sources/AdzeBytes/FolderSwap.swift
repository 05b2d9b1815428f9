// Renames that replace a folder's old files by its new ones, and their rollback. Not here: writing the files.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The swap of one folder.
///
/// The staging folder holds the new files in `new`. File by file, the old ones go to `old.partial`, which becomes `old` when
/// all are there; then the new ones come. So whoever finds a staging folder knows how far its maker came.
struct FolderSwap {
    let target: String
    let staging: String
    let layout: FolderLayout

    /// Where a staging folder may be: in the folder that is replaced, and beside it.
    static func places(of staging: String) -> [String] {
        let (folder, name) = splitPath(staging)
        return [staging, splitPath(folder).folder + "/" + name]
    }

    /// Puts the new files in place; `path` is the target's name for messages.
    func run(replacing: Bool, path: String) throws(FileError) {
        try UnfinishedOutputs.changing { (temporaries) throws(FileError) in
            if !pathExists(target) {
                if Renaming.withoutReplacing(staging + "/new", to: target) == 0 { return }
                guard errno == EEXIST else { throw .current("rename", path) }
            }
            guard replacing else { throw .exists(path: path) }
            do throws(FileError) {
                let (ours, hasOthers) = try layout.files(of: target, except: splitPath(staging).name)
                if !hasOthers, exchange(&temporaries) { return }
                try move(ours)
            } catch { throw error.naming(path, below: target) }
        }
        syncFolder(target)
        syncFolder(splitPath(target).folder)
    }

    // MARK: At once

    /// Exchanges the folders in one step and tells whether that could be done; where not, nothing has changed.
    private func exchange(_ temporaries: inout Set<String>) -> Bool {
        // A folder cannot change places with one inside it.
        let outside = splitPath(staging).folder == target ? FolderSwap.places(of: staging)[1] : staging
        let isInside = outside != staging
        if isInside {
            guard unsafe rename(staging, outside) == 0 else { return false }
            temporaries.insert(outside)
        }
        let new = outside + "/new"
        guard keepEverythingsAttributes(in: new), Renaming.exchange(new, target) == 0 else {
            if isInside, unsafe rename(outside, staging) == 0 { temporaries.remove(outside) }
            return false
        }
        // What somebody put there in the last moment is not ours to remove.
        for name in (try? folderEntries(new)) ?? [] where !layout.isOurs(name) && !isRealFolder("\(new)/\(name)") {
            _ = Renaming.withoutReplacing("\(new)/\(name)", to: "\(target)/\(name)")
        }
        return true
    }

    /// Gives the new folder, and those of its files that take an old one's place, the old ones' mode and owner; tells
    /// whether the folder is then as the old one was.
    private func keepEverythingsAttributes(in new: String) -> Bool {
        guard let files = try? files(ofNew: new) else { return false }
        for file in files { FolderSwap.keepAttributes(of: "\(target)/\(file)", on: "\(new)/\(file)") }
        FolderSwap.keepAttributes(of: target, on: new)
        var (old, made) = (stat(), stat())
        guard unsafe stat(target, &old) == 0, unsafe stat(new, &made) == 0 else { return false }
        return old.st_mode == made.st_mode && old.st_uid == made.st_uid && old.st_gid == made.st_gid
    }

    private static func keepAttributes(of old: String, on new: String) {
        var status = stat()
        guard unsafe lstat(old, &status) == 0, status.st_mode & S_IFMT != S_IFLNK else { return }
        let descriptor = unsafe open(new, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        AdzeBytes.keepAttributes(of: status, on: descriptor)
        close(descriptor)
    }

    /// All that was written, the key first.
    private func files(ofNew new: String) throws(FileError) -> [String] {
        try FolderLayout(key: layout.key) { _ in true }.files(of: new).ours
    }

    // MARK: File by file

    /// Moves the old files out and the new ones in; after an error all is as it was.
    private func move(_ ours: [String]) throws(FileError) {
        var done: [(from: String, to: String)] = []
        func move(_ from: String, _ to: String) throws(FileError) {
            guard unsafe rename(from, to) == 0 else { throw .current("rename", to) }
            done.append((from, to))
        }
        func makeFolder(of path: String) throws(FileError) {
            guard unsafe mkdir(splitPath(path).folder, 0o777) == 0 || errno == EEXIST else {
                throw .current("create", path)
            }
        }
        let (new, partial, old) = (staging + "/new", staging + "/old.partial", staging + "/old")
        do throws(FileError) {
            try makeFolder(of: partial + "/")
            for file in ours {
                try makeFolder(of: "\(partial)/\(file)")
                try move("\(target)/\(file)", "\(partial)/\(file)")
            }
            try move(partial, old)
            for file in try files(ofNew: new).reversed() {
                try makeFolder(of: "\(target)/\(file)")
                FolderSwap.keepAttributes(of: "\(old)/\(file)", on: "\(new)/\(file)")
                try move("\(new)/\(file)", "\(target)/\(file)")
            }
        } catch {
            for (from, to) in done.reversed() { unsafe rename(to, from) }
            throw error
        }
        // Folders that have nothing left in them; the system refuses the others.
        for file in ours where file.contains("/") { unsafe rmdir("\(target)/\(splitPath(file).folder)") }
    }

    /// Makes the old folder whole again where the maker of the staging folder was killed while it moved files.
    func takeBack() {
        let (partial, old) = (staging + "/old.partial", staging + "/old")
        guard let left = try? files(ofNew: staging + "/new"), !left.isEmpty else { return }
        if pathExists(old), let files = try? layout.files(of: target, except: splitPath(staging).name).ours {
            // All of ours that is there by now is new.
            for file in files { unsafe unlink("\(target)/\(file)") }
        }
        for kept in [partial, old] {
            for file in (try? layout.files(of: kept).ours.reversed()) ?? [] {
                unsafe mkdir(splitPath("\(target)/\(file)").folder, 0o777)
                unsafe rename("\(kept)/\(file)", "\(target)/\(file)")
            }
        }
    }
}

extension FileError {
    /// The same error under the name that the user gave a folder.
    package func naming(_ path: String, below target: String) -> FileError {
        guard case .system(let call, let place, let code) = self, place.hasPrefix(target) else { return self }
        return .system(call: call, path: path + place.dropFirst(target.utf8.count), errno: code)
    }
}
