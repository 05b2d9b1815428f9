// A tiny assembler of pickles, for tests that need one that Python would never write.

import AdzeTestSupport
import AdzeTorch

/// Pickle bytes, opcode by opcode.
struct Pickle {
    var bytes: [UInt8]

    /// Begins with PROTO.
    init(protocolVersion: UInt8 = 2) { bytes = [0x80, protocolVersion] }

    init(raw: [UInt8]) { bytes = raw }

    func op(_ more: UInt8...) -> Pickle { Pickle(raw: bytes + more) }
    func raw(_ more: [UInt8]) -> Pickle { Pickle(raw: bytes + more) }
    func op(_ character: Character) -> Pickle { raw(Array(String(character).utf8)) }
    func text(_ text: String) -> Pickle { raw([0x58] + little(text.utf8.count, 4) + Array(text.utf8)) }
    func int(_ value: Int) -> Pickle { raw([0x8A, 8] + little(value, 8)) }
    func global(_ module: String, _ name: String) -> Pickle { raw(Array("c\(module)\n\(name)\n".utf8)) }
    func put(_ index: Int) -> Pickle { raw([0x72] + little(index, 4)) }
    func get(_ index: Int) -> Pickle { raw([0x6A] + little(index, 4)) }

    func tuple(_ values: [Int]) -> Pickle {
        values.reduce(op("(")) { $0.int($1) }.op("t")
    }

    /// A storage as the zip container describes it.
    func storage(_ key: String = "0", type: String = "FloatStorage", count: Int = 8) -> Pickle {
        op("(").text("storage").global("torch", type).text(key).text("cpu").int(count).op("t").op("Q")
    }

    /// `_rebuild_tensor_v2` of a storage.
    func tensor(
        key: String = "0", type: String = "FloatStorage", count: Int = 8, offset: Int = 0, sizes: [Int] = [8],
        strides: [Int] = [1]
    ) -> Pickle {
        global("torch._utils", "_rebuild_tensor_v2").op("(").storage(key, type: type, count: count)
            .int(offset).tuple(sizes).tuple(strides).op(0x89).op("}").op("t").op("R")
    }

    /// A dictionary of one item, whose value `body` writes, and the end.
    static func dictionary(_ key: String = "w", _ body: (Pickle) -> Pickle) -> [UInt8] {
        body(Pickle().op("}").text(key)).op("s").op(".").bytes
    }
}
