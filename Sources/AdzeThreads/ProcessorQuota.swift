// How much of the processors' time the control groups of Linux, by which containers are limited, leave a process. Not here:
// which processors it may run on.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A limit of time, as `docker run --cpus`, Kubernetes' `limits.cpu` and systemd's `CPUQuota` set it.
///
/// - Source: `Documentation/admin-guide/cgroup-v2.rst` (`cpu.max`) and `scheduler/sched-bwc.rst` (`cpu.cfs_quota_us`) of Linux.
struct ProcessorQuota: Sendable {
    /// The text of a small file; nil where it cannot be read.
    let read: @Sendable (String) -> String?

    /// The processors that a process may keep busy, rounded up; nil where nothing limits it.
    ///
    /// The least of its group and of all above it counts, whose files may be hidden from it.
    func processors() -> Int? {
        let groups = read("/proc/self/cgroup")?.split(separator: "\n") ?? []
        let limits = groups.flatMap { group -> [Double] in
            let parts = group.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            let isUnified = parts[0] == "0" && parts[1].isEmpty
            guard isUnified || parts[1].split(separator: ",").contains("cpu") else { return [] }
            let root = "/sys/fs/cgroup" + (isUnified ? "" : "/" + parts[1])
            return ancestors(parts[2]).compactMap { isUnified ? unified(root + $0) : older(root + $0) }
        }
        return limits.min().map { max(1, Int($0.rounded(.up))) }
    }

    /// A path and those above it, to the root, which is nothing.
    private func ancestors(_ path: Substring) -> [String] {
        var parts = path.split(separator: "/")
        var paths = [""]
        while !parts.isEmpty {
            paths.append("/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return paths
    }

    private func unified(_ folder: String) -> Double? {
        let words = read(folder + "/cpu.max")?.split(whereSeparator: \.isWhitespace) ?? []
        guard words.count == 2 else { return nil }
        return share(Double(words[0]), Double(words[1]))
    }

    private func older(_ folder: String) -> Double? {
        func number(_ name: String) -> Double? {
            read(folder + "/" + name)?.split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) }
        }
        return share(number("cpu.cfs_quota_us"), number("cpu.cfs_period_us"))
    }

    /// Quota over period; nil for `max`, for -1, which is none, and for numbers that make no sense.
    private func share(_ quota: Double?, _ period: Double?) -> Double? {
        guard let quota, let period, quota > 0, period > 0, quota / period < 1e6 else { return nil }
        return quota / period
    }
}

extension ProcessorQuota {
    /// That of this process.
    static let own = ProcessorQuota { path in
        guard let file = unsafe fopen(path, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
