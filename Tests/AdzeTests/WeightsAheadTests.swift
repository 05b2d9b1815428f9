// Weights that are loaded beside the tokenizer are those that would be loaded after it, and nobody gets another model's.

import AdzeNative
import AdzeTestSupport
import Foundation
import Testing

@testable import Adze

@Suite struct WeightsAheadTests {
    private let texts = ["the oak was good", "the beam was cut too short"].map { TextInput($0) }

    private func logits(_ bundle: ModelBundle, precision: Precision = .int8) throws -> [[Float]] {
        try TextClassifier(bundle, precision: precision, threads: 2).classify(texts).map(\.logits)
    }

    private func options(_ threads: Int?) -> ModelOptions {
        var options = ModelOptions()
        options.threadsAhead = threads
        return options
    }

    @Test(arguments: [0, 1, 3]) func theyAreTheSame(threads: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/m.adze"
            _ = try ModelBundle(path: fixture("seqcls-gelu")).convert(to: path)
            let plain = try ModelBundle(path: path)
            let ahead = try ModelBundle(path: path, options: options(threads))
            #expect(plain.weightsAhead == nil && ahead.weightsAhead != nil)
            let expected = try logits(plain)
            #expect(try logits(ahead) == expected)
            // Taken once, they are loaded as ever the next time.
            #expect(try logits(ahead) == expected)
            #expect(try logits(ModelBundle(path: path, options: options(threads)), precision: .fp32) != expected)
        }
    }

    /// Another model that is made of it has weights of its own.
    @Test func aModelThatIsMadeOfItHasItsOwn() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/m.adze"
            _ = try ModelBundle(path: fixture("seqcls-gelu")).convert(to: path)
            let cut = try ModelBundle(path: path, options: options(0)).keeping(blocks: [0, 1])
            #expect(cut.weightsAhead == nil)
            #expect(try logits(cut) == logits(ModelBundle(path: path).keeping(blocks: [0, 1])))
        }
    }

    /// A folder has no codes to load.
    @Test func onlyFilesWithCodesHaveThem() throws {
        #expect(try ModelBundle(path: fixture("seqcls-gelu"), options: options(0)).weightsAhead == nil)
    }

    /// A damaged file is refused as ever.
    @Test func damageIsToldWhenTheyAreTaken() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/m.adze"
            var conversion = ConversionOptions()
            conversion.store = .int8
            _ = try ModelBundle(path: fixture("seqcls-gelu")).convert(to: path, options: conversion)
            var bytes = try Data(contentsOf: URL(filePath: path))
            // Behind the vocabulary, before the header.
            let size = try NativeFile(path: path).sizes
            let place = bytes.count - size.header - size.codes / 2
            for offset in -40..<40 { bytes[place + offset] ^= 0x5A }
            try bytes.write(to: URL(filePath: path))
            let plain = refusal { try logits(ModelBundle(path: path)) }
            let ahead = refusal { try logits(ModelBundle(path: path, options: options(2))) }
            #expect(plain != nil && ahead != nil && plain?.description == ahead?.description)
        }
    }
}
