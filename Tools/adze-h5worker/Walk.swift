// Walks the hard links of a file and lists what is there. A thing that no file of weights needs is listed as skipped;
// a thing that could reach out of the file, loop or explode refuses the whole file. Not here: what makes a dataset a
// tensor, which is Dataset.swift, and reading elements.

import AdzeBytes
import AdzeTensors
import CHDF5

/// What a walk found.
struct Findings {
    /// The datasets that are tensors, by their paths without the leading slash.
    var datasets: [Dataset] = []
    /// What is left out: path and reason.
    var skipped: [(path: String, reason: String)] = []
    /// Keras' name lists: path of the group (empty for the root), attribute, texts.
    var attributes: [(path: String, name: String, values: [String])] = []
}

struct Walk {
    /// Groups within groups; Keras needs six.
    static let maximumDepth = 16
    static let maximumLinks = 200_000
    /// The longest path: what the stream takes as a name.
    static let maximumPathLength = 1024

    private(set) var findings = Findings()
    private var linkCount = 0
    /// Where each object was first met, by its address in the file.
    private var pathOfAddress: [UInt64: String] = [:]
    private var declaredBytes = 0
    private let declaredLimit: Int

    /// Four times what is stored, and room for small files: gzip halves weights at best, a bomb makes a thousandfold.
    init(imageSize: Int) { declaredLimit = imageSize * 4 + 64 << 20 }

    mutating func run(_ file: borrowing HDF5File) throws(Refusal) {
        guard let root = unsafe Handle(chdf5_open_object(file.handle.id, "/")) else {
            throw Refusal("the root group cannot be opened; the file is damaged")
        }
        try visit(root, path: "", depth: 0)
    }

    private mutating func visit(_ object: borrowing Handle, path: String, depth: Int) throws(Refusal) {
        var (kind, address): (Int32, UInt64) = (0, 0)
        guard unsafe chdf5_object(object.id, &kind, &address) == 0 else {
            throw Refusal("\(quoted("/" + path)): the object cannot be described; the file is damaged")
        }
        if let first = pathOfAddress.updateValue(path, forKey: address) {
            pathOfAddress[address] = first
            guard kind == chdf5_dataset_kind() else {
                throw Refusal("\(quoted("/" + path)): the object at \(quoted("/" + first)) again; a cycle is refused")
            }
            return findings.skipped.append((path, "another name of \(first)"))
        }
        switch kind {
        case chdf5_group_kind(): try visitGroup(object, path: path, depth: depth)
        case chdf5_dataset_kind():
            switch try Dataset.examine(object, path: path) {
            case .tensor(let dataset): try add(dataset)
            case .skipped(let reason): findings.skipped.append((path, reason))
            }
        default: findings.skipped.append((path, "a committed type"))
        }
    }

    private mutating func visitGroup(_ group: borrowing Handle, path: String, depth: Int) throws(Refusal) {
        guard depth <= Walk.maximumDepth else {
            throw Refusal("\(quoted("/" + path)): groups nest deeper than \(Walk.maximumDepth)")
        }
        findings.attributes += try KerasAttributes.read(of: group, path: path)
        for name in try links(of: group, path: path) {
            let inner = path.isEmpty ? name : path + "/" + name
            guard inner.utf8.count <= Walk.maximumPathLength else {
                throw Refusal("\(quoted("/" + path)): a path of \(inner.utf8.count) bytes; the most is 1024")
            }
            guard let object = unsafe Handle(chdf5_open_object(group.id, name)) else {
                throw Refusal(
                    "\(quoted("/" + inner)): libhdf5 \(HDF5File.libraryVersion) cannot open it; it is damaged, or of a"
                        + " later version of the format")
            }
            try visit(object, path: inner, depth: depth + 1)
        }
    }

    private mutating func add(_ dataset: Dataset) throws(Refusal) {
        let (sum, overflow) = declaredBytes.addingReportingOverflow(dataset.info.byteCount)
        guard !overflow, sum <= declaredLimit else {
            throw Refusal(
                "\(quoted("/" + dataset.info.name)): \(dataset.info.shape) of \(dataset.info.dtype) makes more bytes than"
                    + " the \(declaredLimit) that a file of this size may declare")
        }
        declaredBytes = sum
        findings.datasets.append(dataset)
    }

    // MARK: - Links

    /// What the library's visitor collects.
    private struct Links {
        var names: [String] = []
        var room: Int
        var refusal: String?
    }

    /// The names of a group's links, all of them hard.
    private mutating func links(of group: borrowing Handle, path: String) throws(Refusal) -> [String] {
        var links = Links(room: Walk.maximumLinks - linkCount)
        let answer = unsafe withUnsafeMutablePointer(to: &links) { pointer in
            unsafe chdf5_visit_links(group.id, { unsafe Walk.collect($0, $1, $2) }, unsafe pointer)
        }
        if let refusal = links.refusal { throw Refusal("\(quoted("/" + path)): \(refusal)") }
        guard answer >= 0 else {
            throw Refusal("\(quoted("/" + path)): its links cannot be listed; the file is damaged")
        }
        linkCount += links.names.count
        return links.names
    }

    private static func collect(
        _ name: UnsafePointer<CChar>?, _ kind: Int32, _ context: UnsafeMutableRawPointer?
    ) -> Int32 {
        // The context is the pointer that `links(of:path:)` passed.
        guard let name = unsafe name, let links = unsafe context?.assumingMemoryBound(to: Links.self) else { return 1 }
        guard let text = unsafe String(validatingCString: name) else {
            unsafe links.pointee.refusal = "a link whose name is no UTF-8"
            return 1
        }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            unsafe links.pointee.refusal = "\(quoted(text)): control characters are refused"
            return 1
        }
        guard kind == chdf5_hard_link() else {
            let what =
                switch kind {
                case chdf5_soft_link(): "a soft link"
                case chdf5_external_link(): "an external link"
                default: "a user-defined link"
                }
            unsafe links.pointee.refusal = "\(quoted(text)) is \(what); only hard links are followed"
            return 1
        }
        guard unsafe links.pointee.names.count < links.pointee.room else {
            unsafe links.pointee.refusal = "more than \(maximumLinks) links in the file"
            return 1
        }
        unsafe links.pointee.names.append(text)
        return 0
    }
}
