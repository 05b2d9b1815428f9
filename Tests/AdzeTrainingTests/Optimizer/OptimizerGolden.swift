// The committed numbers of torch, transformers and the published formulas; see Tools/reference/make_optimizer_golden.py.

import AdzeBytes
import AdzeTestSupport
import Testing

enum OptimizerGolden {
    static let count = 37
    static let steps = 20
    static let rate = 0.01
    static let decay = 0.1

    static func json() throws -> JSONValue { try parseJSON(Fixtures.bytes("training/optimizer.json")) }

    static func numbers(_ value: JSONValue?) throws -> [Double] {
        try #require(value?.array).map { try #require($0.number) }
    }

    // The formulas of the script, number for number.
    static func weight(_ i: Int) -> Float { Float((i * 29 + 7) % 64 - 31) / 32 }

    static func gradient(_ i: Int, step: Int) -> Float {
        if i % 7 == 3 { return 0 }
        return Float((i * 37 + step * 101) % 257 - 128) / (i % 5 == 0 ? 16_777_216 : 1024)
    }
}
