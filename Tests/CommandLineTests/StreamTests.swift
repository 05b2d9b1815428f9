// Texts that stream through: order over many windows, answers while the input pauses, the same answers however it comes.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct StreamTests {
    private static let verbs = [
        ["predict", Models.classifier], ["embed", Models.bare], ["tokenize", Models.classifier],
    ]

    /// The next line of a pipe; nil where none comes.
    private func line(_ handle: FileHandle) throws -> String? {
        var bytes: [UInt8] = []
        while true {
            var wanted = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wanted, 1, 60_000) > 0, let byte = try handle.read(upToCount: 1)?.first else { return nil }
            if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
    }

    /// What is read more than once may come from a pipe with a name: its name says the format, as a file's does.
    @Test(arguments: ["clean", "finetune", "compare"])
    func aNamedPipeIsAsGoodAsAFile(verb: String) throws {
        try withTemporaryFolder { folder in
            let (file, pipe) = (folder + "/data.csv", folder + "/pipe.csv")
            try write(TrainingTable.csv(TrainingTable.rows(40)), to: file)
            try #require(mkfifo(pipe, 0o600) == 0)
            func arguments(_ data: String) -> [String] {
                let recipe = ["--epochs", "1", "--max-length", "12", "-o", folder + "/\(verb)", "--json"]
                switch verb {
                case "clean": return ["clean", data, "--model", Models.encoder, "--json"]
                case "compare":
                    return ["compare", Models.classifier, "--train", data, "--blocks", "1", "--seeds", "1"] + recipe
                default: return ["finetune", Models.classifier, "--train", data, "--new-head", "auto"] + recipe
                }
            }
            let running = try Running(arguments(pipe), streams: folder)
            let writer = try FileHandle(forWritingTo: URL(filePath: pipe))
            writer.write(Data(try bytes(of: file)))
            try writer.close()
            let piped = try running.end()
            #expect(piped.code == 0 && !piped.errors.contains("/dev/fd"))
            if verb == "clean" { #expect(try piped.output == Tool.succeed(arguments(file)).output) }
        }
    }

    @Test(arguments: verbs)
    func aPausingInputIsAnswered(verb: [String]) throws {
        try withTemporaryFolder { folder in
            let expected = try Tool.succeed(verb + ["good", "a\u{0301}", "The oak beam."]).lines
            let (input, output) = (Pipe(), Pipe())
            let running = try Running(
                verb + ["-i", "-", "--quiet"], streams: folder, standardInput: input, standardOutput: output)
            try output.fileHandleForWriting.close()
            // Each answer is waited for before the next text is written.
            for (text, answer) in zip(["good", "a\u{0301}", "The oak beam."], expected) {
                input.fileHandleForWriting.write(Data("\(text)\n".utf8))
                #expect(try line(output.fileHandleForReading) == answer)
            }
            try input.fileHandleForWriting.close()
            #expect(try running.end().code == 0)
        }
    }

    @Test func orderIsKeptOverManyWindows() throws {
        let rows = (0..<5000).map { number in
            number % 7 == 3
                ? "{\"id\":\(number),\"text\":\(number)}"
                : "{\"id\":\(number),\"text\":\"\(String(repeating: "oak ", count: number * 31 % 17))beam\"}"
        }
        let input = Array(rows.joined(separator: "\n").utf8)
        try withTemporaryFile(input) { (path: String) throws in
            let verb = ["predict", Models.classifier, "--json", "--format", "jsonl", "-i"]
            let outcome = try Tool.succeed(verb + [path])
            let objects = try outcome.objects()
            #expect(objects.count == rows.count)
            for (number, object) in objects.enumerated() {
                if number % 7 == 3 {
                    #expect((object["error"] as? String)?.hasPrefix("line \(number + 1): ") == true)
                } else {
                    #expect(object["id"] as? Int == number && object["label"] != nil)
                }
            }
            #expect(outcome.errors.contains("4,286 texts in ") && outcome.errors.contains(", 714 unreadable"))
            // A writer that dribbles makes other windows, and the same answers.
            let pipe = Pipe()
            try withTemporaryFolder { folder in
                let running = try Running(verb + ["-"], streams: folder, standardInput: pipe)
                for start in stride(from: 0, to: input.count, by: 30_011) {
                    pipe.fileHandleForWriting.write(Data(input[start..<min(input.count, start + 30_011)]))
                    usleep(300)
                }
                try pipe.fileHandleForWriting.close()
                #expect(try running.end().bytes == outcome.bytes)
            }
        }
    }
}
