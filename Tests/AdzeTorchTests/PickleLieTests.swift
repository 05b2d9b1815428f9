// Pickles that ask for code, for memory, for time, or for something no checkpoint needs: each is refused for what it is.

import AdzeTestSupport
import AdzeTorch
import Testing

/// The error of running a pickle, or nil.
func refusal(ofPickle bytes: [UInt8], limits: PickleLimits = PickleLimits()) -> TorchError? {
    do throws(TorchError) {
        var machine = PickleMachine(bytes, storages: .zip, limits: limits)
        try machine.run()
        try machine.checkEnd()
        return nil
    } catch {
        return error
    }
}

struct PickleNameTests {
    static let names = [
        ("os", "system"), ("posix", "system"), ("nt", "system"), ("sys", "modules"), ("builtins", "eval"),
        ("builtins", "exec"), ("builtins", "getattr"), ("__builtin__", "eval"), ("__builtin__", "apply"),
        ("subprocess", "Popen"), ("pip", "main"), ("runpy", "run_path"), ("pickle", "loads"),
        ("torch", "load"), ("torch.hub", "load"), ("torch.jit", "load"), ("torch.utils._config_module", "load_config"),
        ("torch._utils", "_import_dotted_name"), ("torch.serialization", "load"), ("torch.storage", "_load_from_bytes"),
        ("collections", "namedtuple"), ("_codecs", "decode"), ("numpy", "load"),
        ("numpy.testing._private.utils", "runstring"),
        ("__main__", "Net"), ("transformers.models.bert.modeling_bert", "BertModel"),
        ("torch.nn.modules.linear", "Linear"),
        ("collections.OrderedDict", "fromkeys"), ("torch", "_utils._rebuild_tensor_v2"), ("", ""),
    ]

    @Test(arguments: names) func everyOtherNameIsRefusedByName(_ module: String, _ name: String) {
        let called = Pickle().global(module, name).text("id").op(0x85).op("R").op(".").bytes
        #expect(refusal(ofPickle: called)?.refusedName == "\(module).\(name)")
        // Not calling it changes nothing, nor does the other way to spell it.
        #expect(refusal(ofPickle: Pickle().global(module, name).op(".").bytes)?.refusedName == "\(module).\(name)")
        let stacked = Pickle(protocolVersion: 4).text(module).text(name).op(0x93).op(".").bytes
        #expect(refusal(ofPickle: stacked)?.refusedName == "\(module).\(name)")
    }

    @Test func theMessageIsOneLineAndSaysTheName() throws {
        let error = try #require(refusal(ofPickle: Pickle().global("os", "sys\u{1B}tem").op(".").bytes))
        #expect(error.description.contains("os.sys\\u{1b}tem"))
        #expect(!error.description.contains("\n"))
    }

    @Test func stackedNamesMustBeStrings() {
        let confused = Pickle(protocolVersion: 4).int(1).text("system").op(0x93).op(".").bytes
        #expect(refusal(ofPickle: confused)?.pickleFault == .stack)
        let listed = Pickle(protocolVersion: 4).text("os").op("]").op(0x93).op(".").bytes
        #expect(refusal(ofPickle: listed)?.pickleFault == .stack)
        #expect(refusal(ofPickle: Pickle(protocolVersion: 4).text("os").op(0x93).op(".").bytes)?.pickleFault == .stack)
    }

    @Test func stackedNamesAreNoLongerThanNamesOfALine() {
        let most = String(repeating: "a", count: 1024)
        func stacked(_ module: String, _ name: String) -> TorchError? {
            refusal(ofPickle: Pickle(protocolVersion: 4).text(module).text(name).op(0x93).op(".").bytes)
        }
        #expect(stacked(most, most)?.refusedName == "\(most).\(most)")
        #expect(stacked(most + "a", "b")?.pickleFault == .limit)
        #expect(stacked("a", most + "b")?.pickleFault == .limit)
    }

    @Test func aNameWithoutAnEnd() {
        #expect(refusal(ofPickle: Pickle().raw(Array("cos".utf8)).bytes)?.pickleFault == .truncated)
        let long = [UInt8](repeating: 0x61, count: 5000)
        #expect(refusal(ofPickle: Pickle().op("c").raw(long).bytes)?.pickleFault == .limit)
        #expect(refusal(ofPickle: Pickle().raw([0x63, 0xFF, 0x0A, 0x61, 0x0A]).bytes)?.pickleFault == .text)
    }

    @Test(arguments: [
        ("collections", "OrderedDict"), ("torch", "FloatStorage"), ("torch", "float32"), ("torch", "Tensor"),
        ("torch.nn.parameter", "Parameter"), ("torch._utils", "_rebuild_tensor_v2"),
        ("torch._tensor", "_rebuild_from_type_v2"),
        ("torch", "Size"), ("_codecs", "encode"), ("numpy", "dtype"), ("numpy.core.multiarray", "scalar"),
        ("builtins", "int"),
        ("torch._utils", "_rebuild_parameter_with_state"), ("collections", "Counter"), ("builtins", "set"),
    ])
    func allowedNamesTakeOnlyTheirOwnArguments(_ module: String, _ name: String) {
        let wrong = Pickle().global(module, name).op("(").text("id").int(1).op("]").op("t")
        #expect(refusal(ofPickle: wrong.op("R").op(".").bytes)?.pickleFault == .call)
        #expect(refusal(ofPickle: wrong.op(0x81).op(".").bytes)?.pickleFault == .call)
        #expect(refusal(ofPickle: Pickle().global(module, name).int(3).op("R").op(".").bytes)?.pickleFault == .call)
    }

    @Test func onlyNamesAreBuiltWith() {
        #expect(refusal(ofPickle: Pickle().text("os.system").op(")").op("R").op(".").bytes)?.pickleFault == .call)
        #expect(refusal(ofPickle: Pickle().op("}").op(")").op(0x81).op(".").bytes)?.pickleFault == .call)
    }

    @Test func buildSetsNoAttributes() {
        let named = Pickle().global("torch", "Tensor").op("}").text("__class__").int(1).op("s").op("b").op(".").bytes
        #expect(refusal(ofPickle: named)?.pickleFault == .call)
        #expect(refusal(ofPickle: Pickle().op("]").op("}").op("b").op(".").bytes)?.pickleFault == .call)
        #expect(refusal(ofPickle: Pickle().op("}").op("]").op("b").op(".").bytes)?.pickleFault == .call)
        #expect(refusal(ofPickle: Pickle().op("}").op("}").op("b").op(".").bytes) == nil)
    }

    @Test func rebuildsDoNotNest() {
        let nested = Pickle().global("torch._tensor", "_rebuild_from_type_v2").op("(")
            .global("torch._tensor", "_rebuild_from_type_v2").global("torch", "Tensor").op(")").op("}").op("t").op("R")
            .op(".")
        #expect(refusal(ofPickle: nested.bytes)?.pickleFault == .call)
    }
}

struct PickleStructureTests {
    @Test(
        arguments: [
            0x30, 0x31, 0x32, 0x46, 0x4C, 0x50, 0x53, 0x56, 0x67, 0x69, 0x6F, 0x70, 0x82, 0x83, 0x84, 0x8B,
            0x97, 0x98,
            0x00, 0xFF, 0x80,
        ] as [UInt8])
    func opcodesThatNoCheckpointNeeds(_ opcode: UInt8) {
        let bytes = Pickle().op("N").raw([opcode, 2, 0, 0, 0]).op(".").bytes
        #expect(refusal(ofPickle: bytes)?.pickleFault == .opcode)
    }

    @Test(arguments: [0, 1, 6, 255] as [UInt8]) func otherProtocols(_ version: UInt8) {
        #expect(refusal(ofPickle: [0x80, version, 0x4E, 0x2E])?.pickleFault == .protocolVersion)
    }

    @Test func noProtocol() { #expect(refusal(ofPickle: Array("N.".utf8))?.pickleFault == .protocolVersion) }

    @Test func everyTruncationIsRefused() {
        let whole = Pickle.dictionary { $0.tensor() }
        #expect(refusal(ofPickle: whole) == nil)
        for count in 0..<whole.count { #expect(refusal(ofPickle: Array(whole[..<count])) != nil) }
    }

    @Test func bytesAfterTheEnd() {
        #expect(refusal(ofPickle: Pickle().op("N").op(".").op("N").bytes)?.pickleFault == .trailing)
    }

    @Test func stopNeedsOneValue() {
        #expect(refusal(ofPickle: Pickle().op(".").bytes)?.pickleFault == .stack)
        #expect(refusal(ofPickle: Pickle().op("N").op("N").op(".").bytes)?.pickleFault == .stack)
        #expect(refusal(ofPickle: Pickle().op("N").op("(").op(".").bytes)?.pickleFault == .stack)
    }

    @Test func nothingIsTakenFromBelowAMark() {
        #expect(refusal(ofPickle: Pickle().op("]").op("(").op("a").op(".").bytes)?.pickleFault == .stack)
        #expect(refusal(ofPickle: Pickle().op("N").op("(").op(0x85).op(".").bytes)?.pickleFault == .stack)
        #expect(refusal(ofPickle: Pickle().op("N").op("(").op("q").op(0).op(".").bytes)?.pickleFault == .stack)
        #expect(refusal(ofPickle: Pickle().op("t").op(".").bytes)?.pickleFault == .stack)
    }

    @Test func itemsGoOnlyWhereTheyBelong() {
        let one = Pickle().int(1)
        for target in ["]", ")"] as [Character] {
            #expect(
                refusal(ofPickle: Pickle().op(target).int(1).int(2).op("s").op(".").bytes)?.pickleFault == .target)
            #expect(
                refusal(ofPickle: Pickle().op(target).op("(").int(1).int(2).op("u").op(".").bytes)?.pickleFault
                    == .target)
        }
        #expect(refusal(ofPickle: Pickle().op("}").int(1).op("a").op(".").bytes)?.pickleFault == .target)
        #expect(refusal(ofPickle: one.op("(").int(1).op("e").op(".").bytes)?.pickleFault == .target)
        #expect(refusal(ofPickle: Pickle().op("]").op("(").int(1).op(0x90).op(".").bytes)?.pickleFault == .target)
        let tensor = Pickle().tensor().int(1).int(2).op("s").op(".").bytes
        #expect(refusal(ofPickle: tensor)?.pickleFault == .target)
    }

    @Test func aKeyWithoutAValue() {
        #expect(refusal(ofPickle: Pickle().op("}").op("(").int(1).op("u").op(".").bytes)?.pickleFault == .stack)
        #expect(refusal(ofPickle: Pickle().op("(").int(1).op("d").op(".").bytes)?.pickleFault == .stack)
    }

    @Test func theMemoHoldsOnlyWhatWasPut() {
        #expect(refusal(ofPickle: Pickle().get(3).op(".").bytes)?.pickleFault == .memo)
        #expect(refusal(ofPickle: Pickle().put(0).op(".").bytes)?.pickleFault == .stack)
        #expect(refusal(ofPickle: Pickle().op("N").put(Int(UInt32.max)).op(".").bytes) == nil)
    }

    @Test func stringsLongerThanTheFile() {
        let huge = [0xFF, 0xFF, 0xFF, 0xFF] as [UInt8]
        #expect(refusal(ofPickle: Pickle().op("X").raw(huge).bytes)?.pickleFault == .limit)
        #expect(refusal(ofPickle: Pickle().op("B").raw(huge).bytes)?.pickleFault == .limit)
        #expect(refusal(ofPickle: Pickle().op(0x8D).raw(huge + huge).bytes)?.pickleFault == .limit)
        #expect(refusal(ofPickle: Pickle().op("X").raw([0, 0, 1, 0]).bytes)?.pickleFault == .truncated)
        #expect(refusal(ofPickle: Pickle().op(0x8A).raw([255, 1]).bytes)?.pickleFault == .truncated)
    }

    @Test func textThatIsNotUTF8() {
        #expect(refusal(ofPickle: Pickle().op("X").raw([1, 0, 0, 0, 0xFF]).op(".").bytes)?.pickleFault == .text)
        // Half of a surrogate pair, which Python's own reader lets through.
        #expect(
            refusal(ofPickle: Pickle().op("X").raw([3, 0, 0, 0, 0xED, 0xA0, 0x80]).op(".").bytes)?.pickleFault == .text)
    }

    @Test func framesAndOpcodesEndTogether() {
        let frame = { (count: Int, body: [UInt8]) in [0x80, 4, 0x95] + little(count, 8) + body }
        #expect(refusal(ofPickle: frame(2, Array("N.".utf8))) == nil)
        #expect(refusal(ofPickle: frame(3, Array("N.".utf8)))?.pickleFault == .frame)
        #expect(refusal(ofPickle: frame(3, Array("N.N".utf8)))?.pickleFault == .frame)
        #expect(refusal(ofPickle: frame(-1, Array("N.".utf8)))?.pickleFault == .frame)
        #expect(refusal(ofPickle: frame(3, [0x4A, 1, 0, 0, 0, 0x2E]))?.pickleFault == .frame)
        #expect(refusal(ofPickle: frame(11, [0x95] + little(1, 8) + Array("N.".utf8)))?.pickleFault == .frame)
    }

    // MARK: - Limits

    private func limits(_ change: (inout PickleLimits) -> Void) -> PickleLimits {
        var limits = PickleLimits()
        change(&limits)
        return limits
    }

    @Test func tooManyOpcodes() {
        let bytes = Pickle().raw([UInt8](repeating: 0x4E, count: 200)).bytes
        #expect(refusal(ofPickle: bytes, limits: limits { $0.opcodes = 100 })?.pickleFault == .limit)
    }

    @Test func tooDeepAStack() {
        let bytes = Pickle().raw([UInt8](repeating: 0x4E, count: 1_000_001)).bytes
        #expect(refusal(ofPickle: bytes)?.pickleFault == .limit)
    }

    @Test func tooManyMarks() {
        #expect(refusal(ofPickle: Pickle().raw([UInt8](repeating: 0x28, count: 300)).bytes)?.pickleFault == .limit)
    }

    @Test func tooFullAMemo() {
        let bytes = Pickle().op("N").raw([UInt8](repeating: 0x94, count: 200)).bytes
        #expect(refusal(ofPickle: bytes, limits: limits { $0.memo = 100 })?.pickleFault == .limit)
    }

    @Test func tooManyObjects() {
        let bytes = Pickle().raw([UInt8](repeating: 0x5D, count: 200)).bytes
        #expect(refusal(ofPickle: bytes, limits: limits { $0.objects = 100 })?.pickleFault == .limit)
    }

    @Test func copiesOfCopies() {
        // A Counter of a Counter of …: each copies the items of the one before.
        var pickle = Pickle().op("}").op("(")
        for key in 0..<500 { pickle = pickle.int(key).op("N") }
        pickle = pickle.op("u").put(0)
        for _ in 0..<100 { pickle = pickle.global("collections", "Counter").get(0).op(0x85).op("R") }
        #expect(refusal(ofPickle: pickle.bytes, limits: limits { $0.items = 50_000 })?.pickleFault == .limit)
    }

    @Test func longScalarsAreNotLookedInto() {
        func scalar(_ bytes: (Pickle) -> Pickle) -> Pickle {
            let type = Pickle().global("numpy.core.multiarray", "scalar").op("(").global("numpy", "dtype").op("(")
                .text("f8").op("t").op("R")
            return bytes(type).op("t").op("R").op(".")
        }
        func encoded(_ text: String) -> Pickle {
            scalar { $0.global("_codecs", "encode").op("(").text(text).text("latin1").op("t").op("R") }
        }
        // What is decoded must be bytes, one a character; what is too long for any number is not decoded.
        #expect(refusal(ofPickle: encoded(String(repeating: "\u{20AC}", count: 5)).bytes)?.pickleFault == .call)
        #expect(refusal(ofPickle: encoded(String(repeating: "\u{20AC}", count: 6)).bytes) == nil)
        #expect(refusal(ofPickle: encoded(String(repeating: "\u{FF}", count: 8)).bytes) == nil)
        let run = [UInt8](repeating: 0, count: 300)
        #expect(refusal(ofPickle: scalar { $0.op("B").raw(little(run.count, 4) + run) }.bytes) == nil)
    }

    @Test func aMillionTuplesInsideEachOther() {
        // Neither building nor dropping it may recurse.
        let nested = Pickle().op("N").raw([UInt8](repeating: 0x85, count: 1_000_000)).op(".").bytes
        #expect(refusal(ofPickle: nested) == nil)
    }
}

struct CheckpointTreeTests {
    /// The error of a whole checkpoint around a pickle without storages.
    private func fault(_ pickle: Pickle) throws -> PickleFault? {
        try refusal(of: ZipArchive(pickle.op(".").bytes, []).bytes)?.pickleFault
    }

    @Test func containersInsideThemselves() throws {
        #expect(try fault(Pickle().op("]").put(0).get(0).op("a")) == .cycle)
        #expect(try fault(Pickle().op("}").put(0).text("a").get(0).op("s")) == .cycle)
        let ring = Pickle().op("]").put(0).op("]").put(1).get(0).op("a").op("a")
        #expect(try fault(ring) == .cycle)
    }

    @Test func sixtyFourLevelsAndNoMore() throws {
        let nested = { (levels: Int) in Pickle().op("N").raw([UInt8](repeating: 0x85, count: levels)) }
        #expect(try fault(nested(64)) == nil)
        #expect(try fault(nested(65)) == .depth)
        #expect(try fault(nested(100_000)) == .depth)
    }

    @Test func aBillionLaughs() throws {
        // Each list holds the one before ten times over.
        var pickle = Pickle().op("]").put(0)
        for level in 1...12 {
            pickle = pickle.op("]").op("(")
            for _ in 0..<10 { pickle = pickle.get(level - 1) }
            pickle = pickle.op("e").put(level)
        }
        pickle = pickle.op("(").op("l").op("a")
        let all = Pickle().op("(").raw(Array(pickle.bytes.dropFirst(2))).op("t")
        #expect(try fault(all) == .limit)
    }

    @Test func twoValuesOfOneName() throws {
        #expect(try fault(Pickle().op("}").op("(").text("a").int(1).text("a").int(2).op("u")) == .duplicateName)
        #expect(try fault(Pickle().op("}").op("(").text("1").int(1).int(1).int(2).op("u")) == .duplicateName)
        let inner = Pickle().op("}").op("(").text("a.b").int(1).text("a").op("}").text("b").int(2).op("s").op("u")
        #expect(try fault(inner) == .duplicateName)
    }

    @Test func keysWithoutAName() throws {
        #expect(try fault(Pickle().op("}").op("]").int(1).op("s")) == .key)
        #expect(try fault(Pickle().op("}").global("torch", "float32").int(1).op("s")) == .key)
        #expect(try fault(Pickle().op("}").tuple([1, 2]).int(1).op("s")) == nil)
    }

    @Test func namesLongerThanAKilobyte() throws {
        let long = String(repeating: "n", count: 1025)
        #expect(try fault(Pickle().op("}").text(long).int(1).op("s")) == .badName)
        let half = String(repeating: "n", count: 600)
        #expect(try fault(Pickle().op("}").text(half).op("}").text(half).int(1).op("s").op("s")) == .badName)
    }

    @Test func tensorNamesWithControlCharacters() throws {
        for name in ["a\nb", "\0", ""] {
            let error = try refusal(of: ZipArchive(Pickle.dictionary(name) { $0.tensor() }).bytes)
            #expect(error?.pickleFault == .badName)
        }
    }
}
