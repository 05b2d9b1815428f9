// Times training steps on given token ids, for compare_training.py; not a program for users.
//
// Usage: adze-trainbench FOLDER BATCHES THREADS ROUNDS MODE [OPTION...]
// FOLDER holds config.json and model.safetensors; BATCHES has a JSON list of lists of ids on each line; MODE is full,
// topN (the last N blocks learn), or head. A step is forward, loss and backward. Options: `dropout`; `checkpoint`
// computes activations twice; `optimizer` clips and moves the weights too; `cached` starts each step from the hidden
// states after the frozen blocks, as every epoch of a run after the first does. Prints one JSON object.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeSafetensors
import AdzeTensors
import AdzeThreads
import AdzeTraining
import Foundation

struct Bench {
    let folder: String
    let batches: [TrainingBatch]
    let threads: Int
    let rounds: Int
    let mode: String
    let flags: Set<String>

    init(_ arguments: [String]) throws {
        guard arguments.count >= 6, let threads = Int(arguments[3]), let rounds = Int(arguments[4]) else {
            Console.fail("usage: adze-trainbench FOLDER BATCHES THREADS ROUNDS full|topN|head [OPTION...]")
        }
        folder = arguments[1]
        (self.threads, self.rounds, mode) = (threads, rounds, arguments[5])
        flags = Set(arguments[6...])
        let lines = try InputFile.readAll(path: arguments[2], limit: 1 << 28) { _ in TooLarge() }
        batches = try lines.split(separator: 0x0A).map { line in
            let rows = try parseJSON(Array(line)).array ?? []
            let sequences = rows.map { row in
                TokenSequence(ids: (row.array ?? []).compactMap { $0.integer.flatMap(Int32.init(exactly:)) })
            }
            return TrainingBatch(sequences: sequences, targets: .classes(sequences.indices.map { $0 % 2 }))
        }
    }

    func run() throws {
        let config = try parseJSON(InputFile.readAll(path: folder + "/config.json", limit: 1 << 20) { _ in TooLarge() })
        let store = try SafetensorsFile(file: InputFile(path: folder + "/model.safetensors"))
        let checkpoint = try ModelCheckpoint(store: store, configJSON: config)
        let pool = WorkerPool(threadCount: threads)
        let kernels = try Kernels.chosen(products: flags.contains("openblas") ? .openblas : nil)
        let model = try TrainingModel(checkpoint, kernels: kernels, pool: pool)
        let pass = TrainingPass(model, pool: pool)
        var options = StepOptions()
        options.checkpointsActivations = flags.contains("checkpoint")
        if flags.contains("dropout") {
            options.dropout = DropoutRates(checkpoint.config.dropout, head: checkpoint.head)
        }
        var depth = TrainedDepth.all
        if mode == "head" { depth = .head }
        if let top = Int(mode.dropFirst(3)), mode.hasPrefix("top") { depth = .top(top) }
        let layers = checkpoint.config.layerCount
        if depth != .all {
            options.trainsOnlyHead = depth == .head
            options.frozenBlocks = layers - depth.blockCount(of: layers)
            options.frozenEmbeddings = true
        }
        let optimizer = flags.contains("optimizer") ? Bench.optimizer(of: model, depth, pool) : nil
        let prefixes = try batches.map { batch in
            flags.contains("cached") ? try pass.prefix(batch.sequences, blocks: options.frozenBlocks) : nil
        }
        var seconds: [Double] = []
        var losses: [Double] = []
        // The first step, in which memory is made, does not count.
        for round in 0...rounds {
            for (batch, prefix) in zip(batches, prefixes).prefix(round == 0 ? 1 : batches.count) {
                let start = ContinuousClock.now
                for sequence in batch.sequences { optimizer?.prepare(rows: sequence.ids) }
                let loss =
                    try prefix.map { try pass.step(batch, prefix: $0, blocks: options.frozenBlocks, options: options) }
                    ?? pass.step(batch, options: options)
                if let optimizer {
                    let scale = Optimizer.clipping(norm: optimizer.gradientNorm(), limit: 1)
                    optimizer.step(rateFactor: 1, gradientScale: scale)
                }
                let end = ContinuousClock.now
                if optimizer == nil { pass.zeroGradients() }
                options.step += 1
                guard round > 0 else { continue }
                losses.append(Double(loss.loss))
                seconds.append((end - start) / .seconds(1))
            }
        }
        let tokens = batches.reduce(0) { $0 + $1.sequences.reduce(0) { $0 + $1.ids.count } } * rounds
        let report: [String: Any] = [
            "tokens": tokens, "seconds": seconds, "tokensPerSecond": Double(tokens) / seconds.reduce(0, +),
            "losses": losses, "isa": model.kernels.instructionSet.rawValue, "peakMiB": Bench.peakMemory(),
        ]
        print(String(decoding: try JSONSerialization.data(withJSONObject: report, options: .sortedKeys), as: UTF8.self))
    }

    /// AdamW as `adze finetune` has it by default.
    private static func optimizer(of model: TrainingModel, _ depth: TrainedDepth, _ pool: WorkerPool) -> Optimizer {
        let recipe = Recipe()
        let layers = model.config.layerCount
        let settings = recipe.settings(of: model.layout, layerCount: layers)
        return Optimizer(
            layout: model.layout, settings: settings, adamW: recipe.adamW, weights: model.weights,
            gradients: model.gradients, neverTrained: settings.map { !$0.part.isTrained(depth, layerCount: layers) },
            leavesRowsBehind: depth == .all, kernels: model.kernels, pool: pool)
    }

    /// The largest resident set so far, in MiB; `getrusage` would count that of the parent before it started this program.
    private static func peakMemory() -> Double {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return .nan }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropLast().last).flatMap { Double($0) }.map { $0 / 1024 } ?? .nan
    }
}

/// An input beyond what is held in memory.
private struct TooLarge: AdzeFailure {
    var description: String { "the file is too large" }
}

enum Console {
    static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(64)
    }
}

@main struct Main {
    static func main() {
        do {
            try Bench(CommandLine.arguments).run()
        } catch {
            Console.fail("\(error)")
        }
    }
}
