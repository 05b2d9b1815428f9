// Why the tensors of a checkpoint are not the model that its configuration describes.

public import AdzeBytes
public import AdzeTensors

/// A checkpoint whose tensors do not fit; every case names the tensor.
public enum CheckpointError: AdzeFailure, Equatable {
    case noEmbeddings(words: String, family: String, example: String?, count: Int)
    case ambiguousPrefix([String])
    case unknownKey(String, nearest: String?)
    case missing(name: String, others: Int, nearest: String?)
    case missingHead(name: String, others: Int, architecture: String, nearest: String?, lookalike: String?)
    case unreadable(name: String, reason: String, others: Int)
    case misshapen(name: String, expected: Shape, found: Shape, hint: String)
    case notFloatingPoint(name: String, dtype: DType)
    case nonFinite(name: String, row: Int)
    case noClassifier
    case noOutput(wanted: String, architecture: String)
    case noPooler(what: String)
    case blockOutOfRange(Int, count: Int)
    case noBlocks
    case firstBlockStays(String)
    /// What the layers that are kept would share, which no config.json says.
    case unsharableLayers([Int], layers: Int, blocks: Int)
    case sharedHeads(layers: Int, blocks: Int)
    case sharedSearch(layers: Int, blocks: Int)
    case headReadsBlocks(String)
    case noSuchHead(AttentionHead, heads: Int)
    case lastHead(block: Int)
    case tooManyHeads(Int, heads: Int, blocks: Int)
    case duplicateParameter(name: String, first: String, second: String)
    case tooManyWords(Int, limit: Int)

    /// Blocks and keys that are not there are a request that makes no sense; all else is the checkpoint's own fault.
    public var kind: FailureKind {
        switch self {
        case .blockOutOfRange, .noBlocks, .firstBlockStays, .headReadsBlocks, .noSuchHead, .lastHead, .tooManyHeads,
            .unknownKey, .tooManyWords, .unsharableLayers, .sharedHeads, .sharedSearch:
            .usage
        default: .badData
        }
    }

    /// One line: the tensor, what was expected and found, what to do.
    public var description: String {
        switch self {
        case .noEmbeddings(let words, let family, let example, let count):
            "no tensor's name ends in \(quoted(words)), so this is no \(family); found \(count) tensors"
                + (example.map { ", such as \(quoted($0))" } ?? "")
        case .ambiguousPrefix(let prefixes):
            "the checkpoint holds several models, at \(quotedList(prefixes)); choose one with --key"
        case .unknownKey(let key, let nearest):
            "--key \(quoted(key)): no tensor's name begins so"
                + (nearest.map { "; the nearest is \(quoted($0))" } ?? "")
        case .missing(let name, let others, let nearest):
            "missing weight \(quoted(name))" + (others > 0 ? " and \(others) more" : "")
                + (nearest.map { "; the nearest name in the file is \(quoted($0))" } ?? "")
                + "; nothing is made up for a missing weight"
        case .missingHead(let name, let others, let architecture, let nearest, let lookalike):
            "missing weight \(quoted(name))" + (others > 0 ? " and \(others) more" : "")
                + " of the head of \(withArticle(architecture))"
                + (nearest.map { "; the nearest name in the file is \(quoted($0))" } ?? "")
                + (lookalike.map {
                    "; the tensors are those of \(withArticle($0)): name it under architectures in config.json"
                }
                    ?? "")
                + "; nothing is made up for a missing weight, unless --new-head LABELS asks for a new classifier"
        case .unreadable(let name, let reason, let others):
            "weight \(quoted(name))" + (others > 0 ? " and \(others) more are" : " is")
                + " in the file and cannot be read: \(reason)"
        case .misshapen(let name, let expected, let found, let hint):
            "\(quoted(name)): expected shape \(expected), found \(found)\(hint)"
        case .notFloatingPoint(let name, let dtype):
            "\(quoted(name)): expected floating-point weights, found \(dtype)"
                + "; weights that are quantized in the file are not read, save the model after dequantizing it"
        case .nonFinite(let name, let row):
            "\(quoted(name)), row \(row): NaN or infinite weight; pass --allow-nonfinite to keep it"
        case .noClassifier:
            "the checkpoint has no classifier, but an encoder alone; use embed, or ask for a new head with --new-head LABELS"
        case .noOutput(let wanted, let architecture): "\(withArticle(architecture)) gives no \(wanted)"
        case .noPooler(let what): "\(what) needs a pooler, which this checkpoint lacks"
        case .blockOutOfRange(let index, let count):
            "there is no block \(index); the model has "
                + (count == 0 ? "none" : count == 1 ? "block 0 alone" : "blocks 0 to \(count - 1)")
        case .firstBlockStays(let family):
            "the first block of \(withArticle(family)) stays first: it alone reads the embeddings without a normalisation of"
                + " its own; keep block 0, once, before the others"
        case .noBlocks: "at least one block must be kept"
        case .unsharableLayers(let kept, let layers, let blocks):
            "\(counted(layers, "layer")) share \(counted(blocks, "block")) in groups of one size, and those kept would run the"
                + " blocks \(kept.map { "\($0)" }.joined(separator: ", ")), which no config.json says; keep as many layers of each block"
        case .sharedHeads(let layers, let blocks):
            "\(counted(layers, "layer")) share \(counted(blocks, "block")), so that no head can go from one of them alone;"
                + " prune layers (--keep first:N) or the vocabulary"
        case .sharedSearch(let layers, let blocks):
            "\(counted(layers, "layer")) share \(counted(blocks, "block")) in groups of one size, so that they cannot be left"
                + " out one by one; name those to keep (--keep)"
        case .headReadsBlocks(let form):
            "the head \(form) reads the hidden states of every block, so that none can be cut from under it; keep them"
                + " all, or train a new head on fewer (finetune --new-head)"
        case .noSuchHead(let head, let heads):
            "there is no head \(head.number) in block \(head.block): it has heads 0 to \(heads - 1), but for those that are"
                + " dropped already"
        case .lastHead(let block): "block \(block) would have no attention head left; one of each block stays"
        case .tooManyHeads(let wanted, let heads, let blocks):
            "\(wanted) attention heads cannot go: of \(counted(heads, "head")) in \(counted(blocks, "block")) one stays in"
                + " each block, so at most \(heads - blocks)"
        case .duplicateParameter(let name, let first, let second):
            "\(quoted(first)) and \(quoted(second)) are both \(quoted(name))"
        case .tooManyWords(let count, let limit):
            "the vocabulary would have \(count) words; at most \(limit) are taken"
        }
    }
}
