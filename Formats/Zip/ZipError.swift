// Errors of a zip archive: one that can be read in two ways, or in none.

public import AdzeBytes

/// What is wrong with a zip archive; the files that torch and Keras write never have any of it.
public enum ZipFault: String, Sendable, Equatable {
    case noEnd = "the file does not end with a zip end record"
    case comment = "the archive or an entry carries a comment"
    case split = "the archive is split over several disks"
    case zip64 = "the zip64 fields contradict the plain ones"
    case directory = "the central directory is damaged"
    case empty = "the archive has no entries"
    case tooManyEntries = "too many entries"
    case prepended = "the first entry does not begin the file"
    case gap = "bytes between the entries belong to none"
    case overlap = "two entries overlap"
    case duplicate = "two entries have the same name"
    case badName = "the name of an entry is not acceptable"
    case flags = "an entry has flags that no checkpoint needs"
    case method = "an entry is compressed in a way that is not read"
    case expansion = "an entry grows more than any model's"
    case localHeader = "the header of an entry contradicts the central directory"
    case descriptor = "the data descriptor of an entry contradicts the central directory"
    case deflate = "the compressed content of an entry is damaged"
    case checksum = "the checksum of an entry is wrong"
    case tooLarge = "an entry is larger than what is read there"
}

/// Why an archive, or one entry of it, was not read.
public enum ZipError: AdzeFailure, Equatable {
    /// The system refused a read.
    case file(FileError)
    /// The archive is not sound; the entry is the one it was seen at.
    case fault(ZipFault, entry: String?, detail: String)

    /// Damaged content, unless the system refused the read.
    public var kind: FailureKind {
        if case .file(let error) = self { error.kind } else { .badData }
    }

    /// One line: the entry, what is wrong, expected and found.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .fault(let fault, let entry, let detail):
            "zip archive" + (entry.map { ", entry \(quoted($0))" } ?? "") + ": \(fault.rawValue): \(detail)"
        }
    }

    /// The error of content whose checksum is not the stated one.
    package static func checksum(_ entry: String, found: UInt32, expected: UInt32) -> ZipError {
        .fault(
            .checksum, entry: entry,
            detail: "expected \(String(expected, radix: 16)), found \(String(found, radix: 16)); the file is damaged")
    }
}
