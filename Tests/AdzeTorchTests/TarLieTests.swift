// Tar archives of torch 0.1 in which something is not what it says.

import AdzeBytes
import AdzeTestSupport
import AdzeTorch
import Testing

/// A tar archive whose members may lie.
private struct Tar {
    struct Member {
        var name: String
        var content: [UInt8]
        var kind: Character = "0"
        var size: Int?
        var checksum: Int?
    }

    var members: [Member]
    var end = [UInt8](repeating: 0, count: 1024)

    /// The sound archive of one tensor `w`: eight floats, of which a view shows six and the tensor four.
    static var sound: Tar {
        Tar(members: [
            Member(name: "sys_info", content: Pickle().op("}").op(".").bytes),
            Member(name: "storages", content: storages()), Member(name: "tensors", content: tensors()),
            Member(name: "pickle", content: Pickle.dictionary { $0.text("3").op("Q") }),
        ])
    }

    static func storages(count: Int = 8, view: [Int] = [2, 1, 1, 6], type: String = "FloatStorage") -> [UInt8] {
        Pickle().int(1).op(".").bytes
            + Pickle().int(1).text("cpu").global("torch", type).op(0x87).op(".").bytes + little(count, 8)
            + [UInt8](repeating: 1, count: 32)
            + Pickle().op("]").op("(").tuple(view).op("e").op(".").bytes
    }

    static func tensors(key: Int = 3, storage: Int = 2, rank: Int = 1, sizes: [Int] = [4], offset: Int = 2) -> [UInt8] {
        Pickle().int(1).op(".").bytes
            + Pickle().int(key).int(storage).global("torch", "FloatTensor").op(0x87).op(".").bytes
            + little(rank, 4) + [0xAA, 0xBB, 0xCC, 0xDD] + sizes.flatMap { little($0, 8) } + little(1, 8)
            + little(offset, 8)
    }

    var bytes: [UInt8] {
        var out: [UInt8] = []
        for member in members {
            var header = [UInt8](repeating: 0, count: 512)
            header.replaceSubrange(0..<member.name.utf8.count, with: member.name.utf8)
            header.replaceSubrange(124..<135, with: octal(member.size ?? member.content.count, 11))
            header[156] = member.kind.asciiValue ?? 0
            header.replaceSubrange(257..<263, with: Array("ustar\0".utf8))
            header.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
            let sum = member.checksum ?? header.reduce(0) { $0 + Int($1) }
            header.replaceSubrange(148..<154, with: octal(sum, 6))
            out += header + member.content
            out += [UInt8](repeating: 0, count: (512 - member.content.count % 512) % 512)
        }
        return out + end
    }

    private func octal(_ value: Int, _ digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array((String(repeating: "0", count: digits - text.count) + text).utf8)
    }
}

struct TarLieTests {
    private func refused(_ change: (inout Tar) -> Void) throws -> TorchError? {
        var tar = Tar.sound
        change(&tar)
        return try refusal(of: tar.bytes)
    }

    private func isTarFault(_ change: (inout Tar) -> Void) throws -> Bool { try refused(change)?.isTarFault == true }

    @Test func theSoundArchiveIsRead() throws { #expect(try refused { _ in } == nil) }

    @Test func missingMembers() throws {
        // What it says of the machine is not needed.
        #expect(try refused { $0.members.remove(at: 0) } == nil)
        for index in 1...3 { #expect(try isTarFault { $0.members.remove(at: index) }) }
    }

    @Test func membersThatNoCheckpointHas() throws {
        #expect(try isTarFault { $0.members.append(Tar.Member(name: "../x", content: [])) })
        #expect(try isTarFault { $0.members.append($0.members[1]) })
        #expect(try isTarFault { $0.members[0].kind = "2" })
        #expect(try isTarFault { $0.members[0].kind = "L" })
        #expect(
            try isTarFault { tar in
                for index in 0..<20 { tar.members.append(Tar.Member(name: "\(index)", content: [])) }
            })
    }

    @Test func extendedHeaders() throws {
        let header = { (text: String) in Tar.Member(name: "x", content: Array(text.utf8), kind: "x") }
        #expect(try refused { $0.members.insert(header("14 mtime=1.25\n"), at: 1) } == nil)
        for lie in ["12 size=100\n", "10 path=a\n", "99 mtime=1\n", "mtime=1\n", "3 a\n", "14 mtime 1.25\n", "0 "] {
            #expect(try isTarFault { $0.members.insert(header(lie), at: 1) }, "\(lie)")
        }
        #expect(try isTarFault { $0.members.insert(header(String(repeating: " ", count: 40_000)), at: 1) })
    }

    @Test func sizesAndChecksumsOfHeaders() throws {
        #expect(try isTarFault { $0.members[1].size = 1 << 30 })
        #expect(try isTarFault { $0.members[1].checksum = 7 })
        #expect(try refused { $0.members[1].size = 3 } != nil)
    }

    @Test func bytesAfterTheEnd() throws {
        #expect(try isTarFault { $0.end[600] = 1 })
        #expect(try isTarFault { $0.end = [UInt8](repeating: 0, count: 512) })
        #expect(try isTarFault { $0.end = [UInt8](repeating: 0, count: 1 << 20) })
    }

    @Test func everyTruncationIsRefused() throws {
        let whole = Tar.sound.bytes
        for count in stride(from: 0, to: whole.count, by: 37) {
            #expect(try refusal(of: Array(whole[..<count])) != nil)
        }
    }

    @Test func storagesThatLie() throws {
        for storages in [
            Tar.storages(count: 9), Tar.storages(count: -1), Tar.storages(count: Int.max), Tar.storages(count: 7),
            Tar.storages(view: [2, 1, 3, 6]), Tar.storages(view: [2, 1, -1, 2]), Tar.storages(view: [2, 9, 0, 1]),
            Tar.storages(view: [1, 1, 0, 1]), Tar.storages(view: [2, 1, 0]), Tar.storages(type: "FloatTensor"),
            Tar.storages() + [0], [],
        ] {
            let error = try refused { $0.members[1].content = storages }
            #expect(error?.isTarFault == true || error?.pickleFault != nil, "\(String(describing: error))")
        }
    }

    @Test func tensorsThatLie() throws {
        for tensors in [
            Tar.tensors(key: 2), Tar.tensors(storage: 9), Tar.tensors(storage: 3), Tar.tensors(rank: 2),
            Tar.tensors(rank: 65), Tar.tensors() + [0], Tar.tensors().dropLast(), [],
        ] as [[UInt8]] {
            let error = try refused { $0.members[2].content = tensors }
            #expect(error?.isTarFault == true || error?.pickleFault != nil, "\(String(describing: error))")
        }
        // A tensor must stay inside its view, not only inside the storage.
        #expect(try refused { $0.members[2].content = Tar.tensors(offset: 3) }?.isTensorFault == true)
        #expect(try refused { $0.members[2].content = Tar.tensors(sizes: [-4]) }?.isTensorFault == true)
    }

    @Test func numbersThatStandForNothing() throws {
        for pickle in [
            Pickle.dictionary { $0.text("4").op("Q") }, Pickle.dictionary { $0.int(3).op("Q") },
            Pickle.dictionary { $0.op(")").op("Q") },
        ] {
            #expect(try refused { $0.members[3].content = pickle }?.pickleFault == .persistentID)
        }
        let named = Pickle.dictionary { $0.global("os", "system").op("N").op(0x86).op("Q") }
        #expect(try refused { $0.members[3].content = named }?.refusedName == "os.system")
    }
}
