// Handcrafted lies: files whose checksums are right and whose content is not. Each is refused, for its own reason.

import AdzeBytes
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

/// A lie and the part of the message that shows which check caught it.
struct Lie: Sendable, CustomTestStringConvertible {
    let name: String
    let message: String
    let forge: @Sendable (inout Forgery) -> Void

    init(_ name: String, _ message: String, _ forge: @escaping @Sendable (inout Forgery) -> Void) {
        self.name = name
        self.message = message
        self.forge = forge
    }

    var testDescription: String { name }
}

@Suite struct LieTests {
    @Test func honestForgeryIsTheFileItself() throws {
        let forgery = try Forgery()
        #expect(try forgery.bytes() == Forgery.honest.bytes())
        #expect(forgery.frames.map(\.coding) == [0, 0, 0, 0, 0, 0, 1, 1, 0])
        // The handmade zstd frame is one that the reader takes.
        var handmade = forgery
        handmade.frames[6].stored = HandmadeZstd().bytes
        try withNative(handmade.bytes()) { (file: NativeFile) throws in
            #expect(try file.load("z") == Forgery.honest.tensors["z"])
        }
    }

    static let prologueLies: [Lie] = [
        Lie("badMagic", "not a native file") { $0.overwrite[0] = 0x61 },
        Lie("textModeTransfer", "not a native file") { $0.overwrite[4] = 0x0A },
        Lie("futureVersion", "version 3; this program reads versions 1 and 2: use a newer") { $0.version = 3 },
        Lie("beforeTheFreeze", "version 0, written before the format was frozen") { $0.overwrite[8] = 0 },
        Lie("greatestVersion", "version 4278190081") { $0.overwrite[11] = 0xFF },
        Lie("swappedByteOrder", "byte order mark") { $0.overwrite[12] = 0x0A },
        Lie("prologueHash", "prologue at offset 0: checksum") { $0.overwrite[60] = 0 },
        Lie("longerThanStated", "truncated or extended") { $0.prologue[16] = 64 },
        Lie("greatestFileSize", "truncated or extended") { $0.prologue[16] = .max },
        Lie("headerElsewhere", "header's offset") { $0.prologue[24] = 64 },
        Lie("greatestHeaderOffset", "header's offset") { $0.prologue[24] = .max },
        Lie("headerInThePrologue", "header's offset: expected at least 64, found 48") {
            let size = UInt64($0.bytes().count)
            $0.prologue = [24: 48, 32: 0, 40: (size - 48) / 16]
        },
        Lie("headerOverFile", "header's offset") { $0.prologue[32] = 1 << 20 },
        Lie("greatestHeader", "header bytes: ") { $0.prologue[32] = .max },
        Lie("headerOverLimit", "header bytes: ") { $0.prologue[32] = 1 << 27 },
        Lie("greatestFrameCount", "number of frames: ") { $0.prologue[40] = .max },
        Lie("tooManyFrames", "header's offset") { $0.prologue[40] = 1 << 22 },
        Lie("oneFrameMore", "header's offset") { $0.prologue[40] = 10 },
        Lie("headerHash", "header at offset") { $0.prologue[48] = 1 },
        Lie("frameBehindTheLast", "number of frames: expected 9, found 10") { $0.frames.append(([], 0)) },
        Lie("frameMissing", "number of frames: expected at most 8") { $0.frames.removeLast() },
        Lie("holeBeforeTheHeader", "end of the frames") { $0.hole = [UInt8](repeating: 0, count: 64) },
        Lie("paddingNotZero", "padding at offset") { $0.filler = 1 },
    ]

    static let headerLies: [Lie] = [
        Lie("noJSON", "header: JSON error") { $0.header = Array("{]".utf8) },
        Lie("emptyHeader", "header: JSON error") { $0.header = [] },
        Lie("notAnObject", "field (top): expected an object") { $0.header = Array("[]".utf8) },
        Lie("invalidUTF8", "not valid UTF-8") {
            $0.replace("yes", "xyz"); $0.header[$0.header.count / 2] = 0xFF
        },
        Lie("nested", "nested deeper") { $0.header = [UInt8](repeating: 0x5B, count: 100_000) },
        Lie("duplicateKey", "appears twice") { $0.replace("{\"labels\"", "{\"labels\":1,\"labels\"") },
        Lie("whiteSpace", "not in canonical form at byte 0") { $0.header.insert(0x20, at: 0) },
        Lie("unsortedKeys", "not in canonical form") {
            $0.replace("\"kind\":\"float32\",\"shift\":0", "\"shift\":0,\"kind\":\"float32\"")
        },
        Lie("longNumber", "not in canonical form") { $0.replace("[3,5]", "[3,5e0]") },
        Lie("unknownKey", "expected no such field") { $0.replace("{\"labels\"", "{\"abels\":0,\"labels\"") },
        Lie("unknownTensorKey", "tensors[0].'zzz': expected no such field") {
            $0.replace("[3,5]}", "[3,5],\"zzz\":0}")
        },
        Lie("unknownSchemeKey", "tensors[1].scheme.'zzz'") {
            $0.replace("\"shift\":0},\"shape\":[3]}", "\"shift\":0,\"zzz\":0},\"shape\":[3]}")
        },
        Lie("noStore", "(top).store: expected a value") { $0.replace("\"store\":\"full\",", "") },
        Lie("unknownStore", "store: expected full, int8 or fp32, found 'half'") { $0.replace("\"full\"", "\"half\"") },
        Lie("int8StoreWithResidual", "int8 with a residual") { $0.replace("\"full\"", "\"int8\"") },
        Lie("fp32StoreWithCodes", "what the store fp32 has") { $0.replace("\"full\"", "\"fp32\"") },
        Lie("fullStoreWithoutResidual", "int8 without a residual") { $0.replace(",\"residual\":{\"shift\":0}", "") },
        Lie("fp32StoreWithCodesAlone", "what the store fp32 has") {
            $0.replace("\"full\"", "\"fp32\"")
            $0.replace(",\"residual\":{\"shift\":0}", "")
        },
        Lie("tooManyTensors", "number of tensors: 100001") {
            let zeros = [String](repeating: "0", count: 100_001).joined(separator: ",")
            $0.header = Array("{\"store\":\"full\",\"tensors\":[\(zeros)]}".utf8)
        },
        Lie("noName", "tensors[0].name: expected a value") { $0.replace("\"name\":\"w\",", "") },
        Lie("nameIsANumber", "expected a string, found the number 1") { $0.replace("\"w\"", "1") },
        Lie("emptyName", "found an empty one") { $0.replace("\"w\"", "\"\"") },
        Lie("controlInName", "a control character") { $0.replace("\"w\"", "\"a\\u0000\"") },
        Lie("longName", "one of 1025 bytes") { $0.replace("\"w\"", "\"" + String(repeating: "n", count: 1025) + "\"") },
        Lie("duplicateName", "tensor 'v' is listed twice") { $0.replace("\"w\"", "\"v\"") },
        Lie("integerTensor", "found 'int32'") { $0.replace("\"dtype\":\"float32\"", "\"dtype\":\"int32\"") },
        Lie("nineDimensions", "at most 8 dimensions") { $0.replace("[300]", "[1,1,1,1,1,1,1,1,300]") },
        Lie("negativeDimension", "at most 8 dimensions ≥ 0") { $0.replace("[300]", "[-300]") },
        Lie("fractionalDimension", "expected whole numbers") { $0.replace("[300]", "[300.5]") },
        Lie("shapeOverflow", "at most 8 dimensions") { $0.replace("[300]", "[4611686018427387904,4]") },
        Lie("shapeOverflowHiddenByZero", "at most 8 dimensions") { $0.replace("[300]", "[0,4611686018427387904,4]") },
        Lie("shapeOverLimit", "4294967296 elements at most") { $0.replace("[300]", "[4294967297]") },
        Lie("shapeOfManyFrames", "number of frames: expected at most 9") { $0.replace("[300]", "[4294967296]") },
        // Neither the tensor after it nor the residual is counted: the list stays short.
        Lie("framesBehindTheLimit", "expected at most 9, found 32772 or more") {
            $0.replace("\"shape\":[3]", "\"shape\":[4294967296]")
        },
        Lie("shapeTooLong", "raw bytes, expected") { $0.replace("\"shape\":[3]", "\"shape\":[4]") },
        Lie("shapeTooShort", "raw bytes, expected") { $0.replace("\"shape\":[3]", "\"shape\":[2]") },
        Lie("matrixTransposed", "raw bytes, expected 5") { $0.replace("[3,5]", "[5,3]") },
        Lie("int8Vector", "expected float32 for the shape (15)") { $0.replace("[3,5]", "[15]") },
        Lie("int8Empty", "expected float32 for the shape (0, 5)") { $0.replace("[3,5]", "[0,5]") },
        Lie("fourBits", "scheme.bits: expected 8, found the number 4") { $0.replace("\"bits\":8", "\"bits\":4") },
        Lie("unknownKind", "kind: expected float32 or int8, found 'int9'") { $0.replace("\"int8\"", "\"int9\"") },
        Lie("columnsWithoutFrames", "number of frames: expected at most 9") {
            $0.replace("\"columns\":false", "\"columns\":true")
        },
        Lie("shiftOf24", "from 0 to 23") { $0.replace("{\"shift\":0}", "{\"shift\":24}") },
        Lie("negativeShift", "from 0 to 23") { $0.replace("{\"shift\":0}", "{\"shift\":-1}") },
        Lie("vocabularyOverLimit", "from 0 to 67108864") { $0.replace("\"bytes\":11", "\"bytes\":67108865") },
        Lie("moreTokensThanBytes", "at most one token a byte") { $0.replace("\"count\":3", "\"count\":4000") },
        Lie("wrongVocabularySize", "raw bytes, expected") { $0.replace("\"bytes\":", "\"bytes\":1") },
        Lie("vocabularyNotListed", "number of frames: expected 8, found 9") {
            $0.replace(",\"vocabulary\":{\"bytes\":11,\"count\":3}", "")
        },
    ]

    static let frameLies: [Lie] = [
        Lie("unknownCoding", "coding of frame 4: expected 0 or 1, found 2") { $0.frames[4].coding = 2 },
        Lie("rawTooLong", "exponent frame at offset") { $0.frames[4].stored.append(0) },
        Lie("rawTooShort", "exponent frame at offset") { $0.frames[4].stored.removeLast() },
        Lie("zstdNotSmaller", "zstd bytes for 3") { $0.frames[4] = ([1, 2, 3], 1) },
        Lie("zstdTooLong", "zstd bytes for 300") { $0.frames[6].stored += [UInt8](repeating: 0, count: 300) },
        Lie("zstdResidual", "a residual is raw") { $0.frames[8].coding = 1 },
        Lie("residualOverLimit", "at most 68") { $0.frames[8].stored = [UInt8](repeating: 0, count: 69) },
        Lie("statedSizesOverlap", "end of the frames") { $0.statedSizes = [6: 200] },
        Lie("statedSizeHuge", "zstd bytes for 300") { $0.statedSizes = [6: 0xFFFF_FFFF] },
        Lie("statedSizeBehindTheEnd", "residual frame at offset") { $0.statedSizes = [8: 0x7FFF_FFFF] },
        Lie("notZstd", "no plain zstd frame") { $0.frames[6].stored = [UInt8](repeating: 7, count: 20) },
        Lie("emptyZstd", "zstd frame of 0 bytes") { $0.frames[6].stored = [] },
        Lie("skippableFrame", "no plain zstd frame") {
            $0.frames[6].stored[0] = 0x50; $0.frames[6].stored[1...3] = [0x2A, 0x4D, 0x18]
        },
        zstd("twoFrames", "zstd frame of 17 bytes in 34") { $0 + $0 },
        zstd("trailingByte", "zstd frame of 17 bytes in 18") { $0 + [0] },
        zstd("skippableBehind", "in 25 stored") { $0 + [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0] },
        zstd("truncatedBlock", "zstd: ") { Array($0.dropLast(6)) },
        zstd("cutInsideHeader", "zstd frame of 6 bytes") { Array($0.prefix(6)) },
        handmade("reservedBit", "a reserved bit") { $0.reservedBit = true },
        handmade("noChecksumFlag", "without a content checksum") { $0.hasChecksum = false },
        handmade("wrongContentChecksum", "zstd: ") { $0.checksum = 1 },
        handmade("dictionary", "with a dictionary") { $0.dictionary = 7 },
        handmade("noContentSize", "without its content size") {
            $0.hasSize = false; $0.window = 0x50
        },
        handmade("contentSizeTooSmall", "content of 299 bytes, expected 300") { $0.statedSize = 299 },
        handmade("bombBySize", "content of 4294967295 bytes, expected 300") { $0.statedSize = 0xFFFF_FFFF },
        handmade("bombByContent", "zstd: ") { $0.content = [UInt8](repeating: 0, count: 100_000) },
        handmade("contentShort", "zstd: ") { $0.content.removeLast() },
        handmade("windowOver16MiB", "window over 16 MiB") { $0.window = 0x71 },
        handmade("greatestWindow", "window over 16 MiB") { $0.window = 0xFF },
    ]

    static let contentLies: [Lie] = [
        Lie("codeOfMinus128", "codes frame of tensor 'w' at offset 140: a code of -128") {
            $0.frames[3].stored[0] = 0x80
        },
        Lie("negativeScale", "a row scale") { $0.frames[2].stored[0] |= 1 },
        Lie("notANumberScale", "a row scale") { $0.frames[1].stored[1] = 0xFF },
        Lie("scaleTooLarge", "a row scale") { $0.frames[1].stored[1] = 127 + 85 },
        Lie("scaleTooSmall", "a row scale") { $0.frames[1].stored[1] = 127 - 98 },
        Lie("codesInARowOfScaleZero", "in a row of scale 0") {
            $0.frames[1].stored[1] = 0
            $0.frames[2].stored[3...5] = [0, 0, 0]
        },
        Lie("residualShort", "residual bits") { $0.frames[8].stored.removeLast(10) },
        Lie("residualEmpty", "residual bits end early") { $0.frames[8].stored = [] },
        Lie("residualLong", "residual bits are left over") { $0.frames[8].stored += [0, 0] },
        Lie("zeroClassOutOfRange", "a residual class out of range") {
            // A first row of zeros has no exponent to go down from.
            $0.frames[1].stored[0] = 0
            $0.frames[2].stored[0...2] = [0, 0, 0]
            $0.frames[3].stored[0...4] = [0, 0, 0, 0, 0]
            $0.frames[8].stored[0] = 0x31
        },
        Lie("bitsBehindTheFractions", "bits behind the last element are not zero") {
            $0.frames[7] = ([UInt8](repeating: 0, count: 37) + [0x10], 0)
        },
        Lie("bitsBehindTheResidual", "tensor 'w' at offset 256: bits behind the last element") {
            $0.frames[8].stored[$0.frames[8].stored.count - 1] |= 0x80
        },
        Lie("tokenNotUTF8", "vocabulary at offset 64: token 1 is not UTF-8") { $0.frames[0].stored[8] = 0xFF },
        Lie("tokenTooLong", "token 2 reaches behind the end") { $0.frames[0].stored[2] = 3 },
        Lie("tokenTooShort", "bytes behind the last token") {
            $0.frames[0].stored[0] = 4; $0.frames[0].stored[2] = 1
        },
        Lie("lengthNotShortest", "the length of token 1 is malformed") { $0.frames[0].stored[1...2] = [0x81, 0x00] },
        Lie("lengthBehindTheEnd", "the length of token 5 is malformed") {
            $0.replace("\"count\":3", "\"count\":6")
            $0.frames[0].stored = [0x81, 1, 0x81, 1, 0x81, 1, 0x81, 1, 0x81, 1, 0x80]
        },
        Lie("lengthEndless", "the length of token 0 is malformed") {
            $0.frames[0].stored = [UInt8](repeating: 0x80, count: $0.frames[0].stored.count)
        },
    ]

    static let factorLies: [Lie] = [
        Lie("negativeFactor", "a column factor that is not from") { $0.frames[3].stored[0] |= 1 },
        Lie("notANumberFactor", "a column factor that is not from") { $0.frames[2].stored[1] = 0xFF },
        Lie("factorOfZero", "a column factor that is not from") { $0.frames[2].stored[0] = 0 },
        Lie("factorTooLarge", "a column factor that is not from") { $0.frames[2].stored[1] = 127 + 25 },
        Lie("factorTooSmall", "a column factor that is not from") { $0.frames[2].stored[1] = 127 - 25 },
    ]

    static func zstd(_ name: String, _ message: String, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]) -> Lie {
        Lie(name, message) { $0.frames[6].stored = change(HandmadeZstd().bytes) }
    }

    static func handmade(
        _ name: String, _ message: String, _ change: @escaping @Sendable (inout HandmadeZstd) -> Void
    ) -> Lie {
        Lie(name, message) { forgery in
            var frame = HandmadeZstd()
            change(&frame)
            forgery.frames[6].stored = frame.bytes
        }
    }

    @Test(arguments: prologueLies + headerLies) func isRefusedWhenOpened(lie: Lie) throws {
        var forgery = try Forgery()
        lie.forge(&forgery)
        #expect(refusal { try withNative(forgery.bytes()) { _ in } }.contains(lie.message))
    }

    @Test(arguments: frameLies + contentLies) func isRefusedAtTheLatestWhenLoaded(lie: Lie) throws {
        try expectRefusalWhenLoaded(lie, Forgery())
    }

    @Test(arguments: factorLies) func factorsOutOfRangeAreRefusedWhenLoaded(lie: Lie) throws {
        let forgery = try Forgery(Forgery.withFactors, sections: [0, 5])
        #expect(try forgery.bytes() == Forgery.withFactors.bytes())
        try expectRefusalWhenLoaded(lie, forgery)
    }

    private func expectRefusalWhenLoaded(_ lie: Lie, _ honest: Forgery) throws {
        var forgery = honest
        lie.forge(&forgery)
        let pool = WorkerPool(threadCount: 1)
        let message = refusal {
            try withNative(forgery.bytes()) { (file: NativeFile) throws in
                // What was forged is what is stored: no checksum speaks up.
                try file.verifyChecksums(pool: pool)
                _ = try file.vocabulary()
                _ = try file.loadAll(pool: pool)
            }
        }
        #expect(message.contains(lie.message))
        let verified = refusal {
            try withNative(forgery.bytes()) { try $0.verifyContents(pool: pool) }
        }
        #expect(verified.contains(lie.message))
    }

    /// The one line with which `body` is refused.
    private func refusal(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "accepted"
        } catch let error as NativeError {
            #expect(!error.description.contains("\n"))
            return error.description
        } catch {
            return "another error: \(error)"
        }
    }
}
