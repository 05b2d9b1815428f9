// The processors that control groups leave, from the files as Linux writes them. Not here: the pool that asks.

import Testing

@testable import AdzeThreads

@Suite struct ProcessorQuotaTests {
    private func processors(_ files: [String: String]) -> Int? { ProcessorQuota { files[$0] }.processors() }

    @Test(arguments: [
        ("150000 100000", 2), ("100000 100000", 1), ("20000 100000", 1), ("400000 100000", 4), ("max 100000", nil),
        ("0 100000", nil), ("-1 100000", nil), ("100000 0", nil), ("100000", nil), ("", nil), ("x y", nil),
        ("nan 100000", nil), ("1e300 1", nil),
    ])
    func aQuotaIsRoundedUp(_ text: String, _ expected: Int?) {
        #expect(processors(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": text + "\n"]) == expected)
    }

    @Test func theLeastOfAllAboveCounts() {
        let files = [
            "/proc/self/cgroup": "0::/system.slice/adze.service\n",
            "/sys/fs/cgroup/system.slice/cpu.max": "300000 100000\n",
            "/sys/fs/cgroup/system.slice/adze.service/cpu.max": "600000 100000\n",
        ]
        #expect(processors(files) == 3)
    }

    @Test func theOlderFilesAreReadToo() {
        let files = [
            "/proc/self/cgroup": "5:memory:/a\n4:cpu,cpuacct:/a\n0::/\n",
            "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "250000\n",
            "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
        ]
        #expect(processors(files) == 3)
        #expect(processors(files.merging(["/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "-1\n"]) { $1 }) == nil)
    }

    @Test func nothingIsNoLimit() {
        #expect(processors([:]) == nil)
        #expect(processors(["/proc/self/cgroup": "nonsense\n0::\n:::\n"]) == nil)
    }
}
