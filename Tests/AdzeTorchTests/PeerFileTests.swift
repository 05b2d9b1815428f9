// Checkpoints and hostile pickles that others published, where a development checkout has them beside it: each is read as
// torch reads it, or refused with our own error.

import AdzeBytes
import AdzeTensors
import AdzeTestSupport
import AdzeTorch
import Foundation
import Testing

@Suite(.enabled(if: Fixtures.shared != nil)) struct PeerFileTests {
    /// Every regular file below a folder of the shared material, by its name.
    static func files(_ folder: String) -> [String: String] {
        guard let root = Fixtures.shared?.appending(path: folder),
            let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isRegularFileKey])
        else { return [:] }
        var files: [String: String] = [:]
        for case let url as URL in found
        where (try? url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true {
            files[url.lastPathComponent] = url.path(percentEncoded: false)
        }
        return files
    }

    @Test func checkpointsOfOtherProjectsAreWhatTorchReads() throws {
        let golden = try goldenTensors(Fixtures.path("torch/peers.json"))
        let files = PeerFileTests.files("peerfiles/pytorch")
        #expect(golden.count >= 30)
        for (name, expected) in golden.sorted(by: { $0.key < $1.key }) {
            let path = try #require(files[name])
            #expect(try readTensors(TorchCheckpoint(file: InputFile(path: path))) == expected, "\(name)")
        }
    }

    /// What the hostile files ask for first, from their disassembly.
    static let names = [
        "data2__GHSA-3gf5-cxq9-w223.pkl": "idlelib.pyshell.ModifiedInterpreter.runcode",
        "data2__GHSA-4675-36f9-wf6r.pkl": "ctypes.CDLL",
        "data2__GHSA-49gj-c84q-6qm9.pkl": "cProfile.run",
        "data2__GHSA-84r2-jw7c-4r5q.pkl": "operator.methodcaller",
        "data2__GHSA-jgw4-cr84-mqxg.bin": "asyncio.unix_events._UnixSubprocessTransport._start",
        "data2__GHSA-r8g5-cgf2-4m4m.pkl": "numpy.f2py.crackfortran.getlincoef",
        "data2__GHSA-vr7h-p6mm-wpmh.pkl": "torch.jit.unsupported_tensor_ops.execWrapper",
        "data2__type-confusion-exploit.pkl": "os.system",
        "data__malicious14.pkl": "runpy._run_code",
        "data__malicious17.pkl": "torch._inductor.codecache.compile_file",
        "data__malicious19.pkl": "functools.partial",
        "data__malicious2_v4.pkl": "posix.system",
        "data__pytorch_magic_bypass.pt": "__builtin__.eval",
    ]

    @Test(arguments: names.keys.sorted()) func hostilePicklesAreRefusedByName(_ file: String) throws {
        let path = try #require(PeerFileTests.files("peerfiles/pickle")[file])
        let error = #expect(throws: TorchError.self) { try TorchCheckpoint(file: InputFile(path: path)) }
        guard case .nameRefused(let name, _, _) = error else {
            Issue.record("\(file): \(String(describing: error))")
            return
        }
        #expect(name == PeerFileTests.names[file])
    }

    @Test func noHostileFileIsRead() throws {
        var readable: [String] = []
        let files = PeerFileTests.files("peerfiles/pickle")
        for (name, path) in files {
            do {
                _ = try TorchCheckpoint(file: InputFile(path: path))
                readable.append(name)
            } catch let error as TorchError {
                #expect(!error.description.contains("\n"))
            }
        }
        #expect(files.count >= 50)
        // The one file among them that is what it says.
        #expect(readable == ["data__new_pytorch_model.bin"])
    }

    /// With objects ignored a hostile file is a harmless one, or still refused; nothing else may happen.
    @Test func ignoredObjectsNeverDoHarm() throws {
        var read = 0
        for (_, path) in PeerFileTests.files("peerfiles/pickle") {
            do {
                let store = try TorchCheckpoint(file: InputFile(path: path), ignoringObjects: true)
                for info in store.tensors { _ = try store.load(info.name) }
                read += 1
            } catch let error as TorchError {
                #expect(!error.description.contains("\n") && error.refusedName == nil)
            }
        }
        #expect(read >= 1)
    }
}
