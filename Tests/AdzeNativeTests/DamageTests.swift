// Accidents: every single changed byte and every truncation of a small file is noticed.

import AdzeBytes
import AdzeNative
import AdzeTestSupport
import AdzeThreads
import Foundation
import Testing

@Suite struct DamageTests {
    /// Changes the file at a path byte by byte.
    private func withFile(_ body: (String, FileHandle, [UInt8]) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model.adze"
            try Forgery.honest.write(path)
            let handle = try #require(FileHandle(forUpdatingAtPath: path))
            defer { try? handle.close() }
            try body(path, handle, try readAll(path))
        }
    }

    @Test(arguments: [UInt8(0x01), 0x80]) func everyFlippedByteIsFound(flip: UInt8) throws {
        let pool = WorkerPool(threadCount: 1)
        try withFile { (path: String, handle: FileHandle, bytes: [UInt8]) throws in
            for (offset, byte) in bytes.enumerated() {
                try handle.seek(toOffset: UInt64(offset))
                try handle.write(contentsOf: [byte ^ flip])
                #expect(throws: NativeError.self, "verify, byte \(offset)") {
                    try NativeFile(path: path).verifyChecksums(pool: pool)
                }
                #expect(throws: NativeError.self, "load, byte \(offset)") {
                    let file = try NativeFile(path: path)
                    _ = try file.vocabulary()
                    _ = try file.loadAll(pool: pool)
                }
                try handle.seek(toOffset: UInt64(offset))
                try handle.write(contentsOf: [byte])
            }
            try NativeFile(path: path).verifyChecksums(pool: pool)
        }
    }

    @Test func everyTruncationIsFound() throws {
        try withFile { (path: String, handle: FileHandle, bytes: [UInt8]) throws in
            for length in (0..<bytes.count).reversed() {
                try handle.truncate(atOffset: UInt64(length))
                #expect(throws: NativeError.self, "\(length) bytes") { try NativeFile(path: path) }
            }
        }
    }

    @Test func everyExtensionIsFound() throws {
        try withFile { (path: String, _, bytes: [UInt8]) throws in
            for tail in [[0], [UInt8](repeating: 0, count: 64), bytes] {
                #expect(throws: NativeError.fileSize(stated: UInt64(bytes.count), found: bytes.count + tail.count)) {
                    try withNative(bytes + tail) { _ in }
                }
            }
        }
    }

    @Test func loadForInferenceDoesNotReadTheResidual() throws {
        var forgery = try Forgery()
        let pool = WorkerPool(threadCount: 1)
        let good = forgery.bytes()
        forgery.frames[8].stored[0] ^= 1
        // The residual alone is damaged: its own bytes differ, everything else is the good file's.
        let other = forgery.bytes()
        let offset = try #require(good.indices.first { $0 >= 64 && good[$0] != other[$0] })
        var damaged = good
        damaged[offset] ^= 1
        try withNative(damaged) { (file: NativeFile) throws in
            #expect(try file.loadForInference(pool: pool).count == 3)
            #expect(throws: NativeError.checksum(part: "residual frame of tensor 'w'", offset: offset)) {
                try file.load("w")
            }
        }
    }
}
