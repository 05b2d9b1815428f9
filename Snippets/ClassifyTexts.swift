// Classifies texts in-process: swift run ClassifyTexts MODEL TEXT…
// MODEL is a .adze file, a checkpoint file or a model folder.

import Adze
import Foundation

let arguments = CommandLine.arguments.dropFirst()
guard let path = arguments.first, arguments.count > 1 else {
    print("usage: ClassifyTexts MODEL TEXT…")
    exit(64)
}

do {
    let classifier = try TextClassifier(contentsOf: URL(filePath: path))
    let texts = Array(arguments.dropFirst())
    for (text, result) in zip(texts, try classifier.classify(texts, topK: 2)) {
        let labels = result.top.map { "\($0.label) \(($0.score * 1000).rounded() / 1000)" }
        print("\(text): \(labels.joined(separator: ", "))")
    }
} catch {
    // Every error of Adze describes itself in one line.
    print("error: \(error)")
    exit(65)
}
