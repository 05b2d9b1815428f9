// Explanations of scores, one line each, shown below the scores of a page.

/// One line each on the scores of a page.
enum Meaning {
    /// The meaning of a metric by its name in a log; nil for one that needs none.
    static func of(_ metric: String) -> String? {
        switch metric {
        case "accuracy": "share of the texts that is right"
        case "macro-f1": macroF1
        case "micro-f1": microF1
        case "weighted-f1": "mean of the labels' F1, by how often each is"
        case "mcc": matthews
        case "pearson": pearson
        case "spearman": spearman
        case "r2": determination
        default: nil
        }
    }

    static let macroF1 = "mean of the labels' F1; rare ones count alike"
    static let microF1 = "F1 over all labels of all texts"
    static let matthews = "agreement beyond chance: 0 is guessing, 1 perfect"
    static let pearson = "how well a line fits: 1 is perfect, 0 no relation"
    static let spearman = "how well the order fits: 1 is perfect"
    static let determination = "1 is perfect; the mean alone gives 0"
    static let calibration = "how far scores are from the share that is right"

    /// What of log-loss: the mean of −ln of the probability of what is.
    static func logLoss(labelCount: Int) -> String {
        // ln 2 times the binary logarithm, without a library of mathematics.
        guard labelCount > 1 else { return "−ln of the score of what is; 0 is perfect" }
        return "−ln of the score of what is: 0 is perfect, \(Figure.fixed(naturalLogarithm(labelCount), 2)) guessing"
    }

    /// ln n by the series of the inverse hyperbolic tangent.
    private static func naturalLogarithm(_ number: Int) -> Double {
        let value = Double(number)
        let (mantissa, exponent) = (value.significand, Double(value.exponent))
        let z = (mantissa - 1) / (mantissa + 1)
        var (sum, power) = (0.0, z)
        for term in stride(from: 1.0, through: 29, by: 2) {
            sum += power / term
            power *= z * z
        }
        return 2 * sum + exponent * 0.693147180559945
    }
}
