// Checkpoints that hold objects of classes: refused by name, or read with inert values in their place.

import AdzeBytes
import AdzeTensors
import AdzeTestSupport
import AdzeTorch
import Testing

struct ObjectTests {
    @Test(arguments: [
        ("objects.pt", "__main__.Dictionary", 2), ("module.pt", "__main__.Small", 3),
        ("module_legacy.pt", "__main__.Small", 3),
    ])
    func theFirstNameIsSaidAndTheOthersAreCounted(_ file: String, _ name: String, _ others: Int) throws {
        let error = #expect(throws: TorchError.self) { try checkpoint(file) }
        guard case .nameRefused(name, _, let found) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found >= others - 1)
        let line = try #require(error?.description)
        #expect(line.contains("'\(name)'") && line.contains("model.state_dict()") && line.contains("--ignore-objects"))
    }

    @Test(arguments: ["module.pt", "module_legacy.pt"])
    func aModuleGivesTheTensorsOfItsStateDictionary(_ file: String) throws {
        let golden = try #require(try goldenTensors(Fixtures.path("torch/golden.json"))[file])
        let store = try checkpoint(file, ignoringObjects: true)
        #expect(try readTensors(store) == golden)
        #expect(store.ignoredNames.first == "__main__.Small")
        #expect(store.ignoredNames.contains("torch.nn.modules.linear.Linear"))
    }

    @Test func theTensorsBesideObjectsAreRead() throws {
        let golden = try #require(try goldenTensors(Fixtures.path("torch/golden.json"))["objects.pt"])
        let store = try checkpoint("objects.pt", ignoringObjects: true)
        #expect(store.ignoredNames.contains("__main__.Dictionary") && store.ignoredNames.contains("__main__.Small"))
        let found = try readTensors(store)
        let plain = found.filter { $0.name.hasPrefix("state_dict.") }.map {
            GoldenTensor(
                name: String($0.name.dropFirst(11)), dtype: $0.dtype, shape: $0.shape, checksum: $0.checksum)
        }
        #expect(plain == golden)
        // Tensors inside objects are found too: an attribute, and what an optimizer remembers.
        #expect(try store.load("label_dictionary.vectors").floats() == [0, 1, 2, 3, 4, 5])
        #expect(found.contains { $0.name.hasPrefix("optimizer.state.") && $0.name.hasSuffix(".exp_avg") })
        #expect(store.scalars.contains { $0.name == "label_dictionary.items.(0)" || $0.text == "0" })
    }

    @Test func classesThatOnlyHoldValuesNeedNoFlag() throws {
        let store = try checkpoint("holders.pt")
        #expect(store.tensors.map(\.name) == ["state_dict.model.w"] && store.ignoredNames.isEmpty)
        let scalars = Dictionary(uniqueKeysWithValues: store.scalars.map { ($0.name, $0.text) })
        #expect(scalars["hyper_parameters.lr"] == "0.001" && scalars["hyper_parameters.args.seed"] == "1")
        #expect(scalars["hyper_parameters.args.path.1"] == "data" && scalars["epoch"] == "2")
    }

    // MARK: - Lies

    private func tensors(_ body: (Pickle) -> Pickle) throws -> [String] {
        let archive = ZipArchive(Pickle.dictionary("o", body))
        return try withTemporaryFile(archive.bytes) { path in
            try TorchCheckpoint(file: InputFile(path: path), ignoringObjects: true).tensors.map(\.name)
        }
    }

    @Test func anObjectTakesArgumentsItemsAndAttributes() throws {
        let made = { (pickle: Pickle) in pickle.global("os", "system").op("(").tensor().op("t").op("R") }
        #expect(try tensors(made) == ["o.0"])
        #expect(try tensors { made($0).tensor(offset: 1, sizes: [2]).op("a") } == ["o.0", "o.1"])
        #expect(try tensors { made($0).text("k").tensor(offset: 2, sizes: [2]).op("s") } == ["o.0", "o.k"])
        let state = { (pickle: Pickle) in pickle.op("}").text("k").tensor(offset: 3, sizes: [2]).op("s") }
        #expect(try tensors { state(made($0)).op("b") } == ["o.0", "o.k"])
        // Attributes and slots; then a state of another kind.
        #expect(try tensors { state(made($0).op("N")).op(0x86).op("b") } == ["o.0", "o.k"])
        #expect(try tensors { made($0).tensor(offset: 4, sizes: [1]).op("b") } == ["o.0", "o.1"])
        // What an object returns when it is called is an object.
        #expect(try tensors { made($0).op("(").tensor(offset: 5, sizes: [1]).op("t").op("R") } == ["o.0"])
    }

    @Test func namedArguments() throws {
        let made = { (pickle: Pickle, name: String) in
            pickle.global("m", name).op(")").op("}").text("k").tensor().op("s").op(0x92)
        }
        #expect(try tensors { made($0, "C") } == ["o.k"])
        let ordered = Pickle().global("collections", "OrderedDict").op(")")
        #expect(refusal(ofPickle: ordered.op("}").op(0x92).op(".").bytes) == nil)
        #expect(
            refusal(ofPickle: ordered.op("}").text("k").int(1).op("s").op(0x92).op(".").bytes)?.pickleFault == .call)
        #expect(refusal(ofPickle: ordered.op("N").op(0x92).op(".").bytes)?.pickleFault == .call)
    }

    @Test func objectsThatReferToEachOtherEnd() throws {
        // An object whose attribute is itself.
        let circle = { (pickle: Pickle) in
            pickle.global("m", "C").op(")").op(0x81).put(7).op("}").op("(").text("self").get(7).text("w").tensor()
                .op("u").op("b")
        }
        #expect(try tensors(circle) == ["o.w"])
        // The same circle through a plain dictionary.
        let list = { (pickle: Pickle) in
            pickle.op("}").put(7).op("(").text("self").get(7).text("w").tensor().op("u")
        }
        #expect(try tensors(list) == ["o.w"])
    }

    @Test func tooManyNames() throws {
        var limits = PickleLimits()
        limits.foreignNames = 3
        let pickle = { (count: Int) in
            (0..<count).reduce(Pickle().op("]").op("(")) { $0.global("m", "C\($1)") }.op("e").op(".").bytes
        }
        for (count, isRefused) in [(3, false), (4, true)] {
            var machine = PickleMachine(pickle(count), limits: limits, ignoresObjects: true)
            if isRefused {
                #expect(throws: TorchError.self) { try machine.run() }
            } else {
                try machine.run()
            }
        }
    }

    @Test func damageAfterARefusedNameDoesNotHideIt() {
        #expect(refusal(ofPickle: Pickle().global("os", "system").op(0xFF).bytes)?.refusedName == "os.system")
    }

    @Test func bytesLongerThanAnyTextAreRead() {
        let run = [UInt8](repeating: 7, count: (1 << 20) + 1)
        #expect(refusal(ofPickle: Pickle().op("B").raw(little(run.count, 4) + run).op(".").bytes) == nil)
        #expect(refusal(ofPickle: Pickle().op(0x96).raw(little(run.count, 8) + run).op(".").bytes) == nil)
        var limits = PickleLimits()
        limits.byteRunBytes = 8
        let short = Pickle().op("C").op(9).raw([UInt8](repeating: 0, count: 9)).op(".").bytes
        #expect(refusal(ofPickle: short, limits: limits)?.pickleFault == .limit)
    }
}
