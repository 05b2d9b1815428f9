// Attributions beside captum's (Tools/reference/make_attribution_golden.py), and their laws: completeness, company,
// threads, labels.

import AdzeTestSupport
import Foundation
import Testing

@testable import Adze

@Suite struct ExplainerTests {
    private static let text = TextInput("The oak beam was cut.")

    private func open(_ folder: String = "models/seqcls-gelu", threads: Int = 2) throws -> TextExplainer {
        try TextExplainer(contentsOf: URL(filePath: Fixtures.path(folder)), threads: threads)
    }

    private func options(_ change: (inout ExplanationOptions) -> Void = { _ in }) -> ExplanationOptions {
        var options = ExplanationOptions()
        change(&options)
        return options
    }

    private func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    @Test func attributionsAreThoseOfCaptum() throws {
        let cases = try #require(try parsed("attributions.json").array)
        #expect(cases.count == 21)
        for entry in cases {
            let folder = try #require(entry["folder"]?.string)
            let explainer = try open(folder)
            let input = TextInput(try #require(entry["text"]?.string), pair: entry["pair"]?.string)
            func compare(_ expected: [Double], _ options: ExplanationOptions) throws -> Explanation {
                let found = try explainer.explain(input, options: options)
                #expect(found.tokens.map(\.id) == (entry["ids"]?.array ?? []).compactMap(\.integer), "\(folder)")
                #expect(found.labelIndex == entry["target"]?.integer, "\(folder)")
                let difference = norm(zip(found.attributions, expected).map { $0 - $1 })
                #expect(difference <= 1e-3 * norm(expected), "\(folder) \(options.method): \(difference)")
                return found
            }
            func numbers(_ value: JSONValue?) -> [Double] { (value?.array ?? []).compactMap(\.number) }
            for (name, baseline) in [("pad", AttributionBaseline.pad), ("mask", .mask)] {
                let expected = try #require(entry[name])
                let found = try compare(numbers(expected["attributions"]), options { $0.baseline = baseline })
                let delta = try #require(expected["delta"]?.number)
                #expect(abs((found.completenessError ?? .nan) - delta) < 1e-4 * max(1, norm(found.attributions)))
            }
            let found = try compare(numbers(entry["gradient"]), options { $0.method = .gradientTimesInput })
            #expect(found.completenessError == nil && found.baselineLogit == nil)
        }
    }

    // MARK: Laws

    /// Padding that a head reads is the same in the baseline: the tokens' attributions are the whole difference.
    @Test(arguments: [
        "flatten", "flatten:states=all", "lstm:size=5:layers=2", "lstm:states=all:padding=none", "mean",
        "mean:normalize",
    ])
    func headsThatReadEveryPositionAreExplained(form: String) throws {
        var wish = ModelOptions()
        wish.checkpoint.newHead = ["a", "b"]
        wish.checkpoint.newHeadForm = try HeadForm.specified(form)
        let bundle = try ModelBundle(
            contentsOf: URL(filePath: Fixtures.path("models/seqcls-gelu")), options: wish)
        let explainer = try TextExplainer(bundle, on: ThreadPool(threads: 2))
        let found = try explainer.explain(Self.text, options: options { $0.steps = 300 })
        let difference = Double(found.logit - (found.baselineLogit ?? .nan))
        #expect(found.attributions.count == found.tokens.count && norm(found.attributions) > 1e-4)
        #expect(abs(found.attributions.reduce(0, +) - difference) < 2e-3 * max(abs(difference), 0.1))
        let answer = try TextClassifier(bundle, precision: .fp32, threads: 2).classify([Self.text])[0]
        #expect(found.label == answer.label && abs(found.logit - (answer.logits.max() ?? 0)) < 1e-4)
        #expect(try explainer.explain([Self.text, "wood"], options: options { $0.steps = 300 })[0].get() == found)
    }

    @Test func theLogitIsTheClassifiers() throws {
        let url = URL(filePath: Fixtures.path("models/seqcls-gelu"))
        let answer = try TextClassifier(contentsOf: url, precision: .fp32, threads: 2).classify([Self.text])[0]
        let found = try open().explain(Self.text)
        #expect(found.label == answer.label && abs(found.score - answer.score) < 1e-5)
        #expect(abs(found.logit - (answer.logits.max() ?? 0)) < 1e-4)
    }

    @Test(arguments: AttributionBaseline.allCases)
    func completenessErrorShrinksWithSteps(baseline: AttributionBaseline) throws {
        let errors = try [2, 8, 200].map { steps in
            let found = try open().explain(
                Self.text,
                options: options {
                    $0.steps = steps
                    $0.baseline = baseline
                })
            return abs(found.completenessError ?? .nan)
        }
        #expect(errors[0] > errors[2] && errors[2] < 1e-3, "\(errors)")
    }

    @Test func theFrameChangesNothing() throws {
        for baseline in AttributionBaseline.allCases {
            let found = try open().explain(Self.text, options: options { $0.baseline = baseline })
            for (token, value) in zip(found.tokens, found.attributions) where token.isSpecial { #expect(value == 0) }
        }
    }

    @Test func companyOrderAndThreadsChangeNoBit() throws {
        let texts = (1..<12).map { TextInput(String(repeating: "oak beam ", count: $0 % 6 + 1) + "cut.") }
        let wish = options { $0.steps = 7 }
        let expected = try open(threads: 1).explain(texts, options: wish)
        for threads in [1, 3] {
            let explainer = try open(threads: threads)
            #expect(try explainer.explain(Array(texts.reversed()), options: wish) == expected.reversed())
            #expect(try explainer.explain([texts[4]], options: wish) == [expected[4]])
        }
    }

    @Test func aLabelMayBeNamed() throws {
        let explainer = try open()
        let found = try explainer.labels.map { label in
            try explainer.explain(Self.text, options: options { $0.label = label })
        }
        #expect(found.map(\.label) == explainer.labels && found[0].attributions != found[1].attributions)
        #expect(found[0].logit != found[1].logit)
        #expect(
            throws: ExplanationError.noSuchLabel("acepted", known: explainer.labels, nearest: "accepted")
        ) { try explainer.explain(Self.text, options: options { $0.label = "acepted" }) }
    }

    @Test func textsWithoutTokensHaveTheirOwnResult() throws {
        let found = try open().explain(["oak", "", " "], options: options { $0.steps = 1 })
        #expect(found[1] == .failure(.empty("text")) && found[2] == .failure(.empty("text")))
        #expect((try? found[0].get()) != nil)
        #expect(try open().explain([TextInput]()).isEmpty)
    }

    @Test func whatCannotBeIsRefused() throws {
        for steps in [0, -1, 10_001] {
            #expect(throws: ExplanationError.steps(steps)) {
                try open().explain(Self.text, options: options { $0.steps = steps })
            }
        }
        #expect(throws: TaskError.self) {
            try open().explain(Self.text, options: options { $0.text.longText = .window(stride: 2) })
        }
        for folder in ["models/bertmodel-pooler", "models/tokencls", "models/maskedlm-tied"] {
            #expect(refusal { try open(folder) } is BundleError)
        }
    }

    // MARK: Quadrature

    @Test(arguments: [1, 2, 3, 10, 50, 64]) func theRuleIsExactForItsPolynomials(count: Int) {
        let rule = GaussLegendre(count)
        #expect(abs(rule.weights.reduce(0, +) - 1) < 1e-12)
        #expect(zip(rule.points, rule.points.dropFirst()).allSatisfy { $0 < $1 })
        for degree in Set([1, 2 * count - 1]) {
            let sum = zip(rule.points, rule.weights).reduce(0.0) { $0 + $1.1 * pow($1.0, Double(degree)) }
            #expect(abs(sum - 1 / Double(degree + 1)) < 1e-12)
        }
    }
}
