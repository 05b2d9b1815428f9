// Recipes as JSON, and what presets and derived numbers are.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeTraining
import Testing

@Suite struct RecipeTests {
    func read(_ text: String) throws -> Recipe { try Recipe(json: parseJSON(Array(text.utf8))) }

    @Test(arguments: Preset.allCases)
    func everyPresetComesBackFromItsJSON(preset: Preset) throws {
        let recipe = preset.recipe
        #expect(try Recipe(json: recipe.json) == recipe)
        #expect(try read(recipe.json.indentedText) == recipe)
        #expect(try read(#"{"preset": "\#(preset.rawValue)"}"#) == recipe)
    }

    @Test func everyKeyReachesTheRecipe() throws {
        var recipe = Recipe()
        recipe.preset = .study
        recipe.seed = .max - 7
        recipe.maximumTokens = 99
        recipe.longText = .windows
        recipe.epochs = 5
        recipe.batchSize = 3
        recipe.accumulation = 2
        recipe.groupsByLength.toggle()
        recipe.adamW = AdamW(.google, beta1: 0.8, beta2: 0.99, epsilon: 1e-5)
        recipe.bodyLearningRate = 1e-3
        recipe.headLearningRate = 2e-3
        recipe.layerDecay = 0.9
        recipe.bodyWeightDecay = 0.2
        recipe.headWeightDecay = 0.3
        recipe.schedule = .slantedTriangular
        recipe.warmup = 0.25
        recipe.slantedRatio = 16
        recipe.clipping = 3
        recipe.leavesRowsBehind.toggle()
        recipe.hiddenDropout = 0.3
        recipe.attentionDropout = 0.4
        recipe.classifierDropout = 0.5
        recipe.stages = [Stage(epoch: 0, trains: .head), Stage(epoch: 2, trains: .top(3))]
        recipe.reinitialisesPooler.toggle()
        recipe.classWeights = .given([1, 2.5])
        recipe.focalGamma = 2
        recipe.quantizeAware.toggle()
        recipe.metric = "mcc"
        recipe.keepsBest.toggle()
        recipe.patience = 4
        recipe.retries = 2
        let object = try #require(recipe.json.object), standard = try #require(Recipe().json.object)
        for key in object.keys { #expect(object[key] != standard[key], "\(key) should differ for this test") }
        #expect(try Recipe(json: recipe.json) == recipe)
        // Each key alone, beside the defaults.
        for key in object.keys where key != "preset" {
            let value = try #require(object[key])
            let alone = try Recipe(json: .object([key: value]))
            #expect(alone.json[key] == value)
            #expect(alone.digest != Recipe().digest)
        }
    }

    /// Recipes of before keep their digest; another's products do not.
    @Test func onlyOthersProductsAreWritten() throws {
        var recipe = Recipe()
        recipe.floatProducts = .ours
        #expect(recipe.digest == Recipe().digest && recipe.json["floatProducts"] == nil)
        recipe.floatProducts = .openblas
        #expect(recipe.digest != Recipe().digest)
        #expect(try Recipe(json: recipe.json) == recipe)
        #expect(try read(#"{"floatProducts": "ours"}"#).floatProducts == .ours)
        #expect(throws: RecipeError.self) { try read(#"{"floatProducts": "mkl"}"#) }
    }

    /// Recipes without a teacher are as they were.
    @Test func onlyATeachersNumbersAreWritten() throws {
        var recipe = Recipe()
        #expect(recipe.json["teacherTemperature"] == nil && recipe.json["teacherWeight"] == nil && !recipe.isTaught)
        (recipe.teacherTemperature, recipe.teacherWeight) = (4, 0)
        #expect(try Recipe(json: recipe.json) == recipe && recipe.isTaught && recipe.digest != Recipe().digest)
        #expect(try read(#"{"teacherWeight": 0.25}"#).teacherWeight == 0.25)
        #expect(try read(#"{"teacherTemperature": null}"#) == Recipe())
        for wrong in [
            #"{"teacherTemperature": 0}"#, #"{"teacherTemperature": 101}"#, #"{"teacherWeight": 1.5}"#,
            #"{"teacherWeight": -0.5}"#, #"{"teacherWeight": "all"}"#,
        ] {
            #expect(throws: RecipeError.self) { try read(wrong) }
        }
    }

    @Test func digestsFollowContent() throws {
        #expect(Set(Preset.allCases.map(\.recipe.digest)).count == Preset.allCases.count)
        #expect(try read(#"{"epochs": 3, "seed": 42}"#).digest == Recipe().digest)
        #expect(Recipe().digest.utf8.count == 16)
    }

    @Test(arguments: [
        (#"[]"#, "a recipe is a JSON object, found a list of 0"),
        (#"{"epoch": 3}"#, "a recipe has no key 'epoch'; did you mean 'epochs'?"),
        (#"{"zzzzzzzzzzzz": 3}"#, "a recipe has no key 'zzzzzzzzzzzz'"),
        (#"{"epochs": 0}"#, "recipe key 'epochs': 0 is outside of 1 ... 100000"),
        (#"{"epochs": 2.5}"#, "recipe key 'epochs': expected an integer, found the number 2.5"),
        (#"{"epochs": null}"#, "recipe key 'epochs': expected an integer, found null"),
        (#"{"beta1": 1}"#, "recipe key 'beta1': 1.0 is outside of 0.0 ... 0.9999999"),
        (#"{"hiddenDropout": 1}"#, "recipe key 'hiddenDropout': 1.0 is outside of 0.0 ... 0.99"),
        (#"{"keepsBest": 1}"#, "recipe key 'keepsBest': expected true or false, found the number 1"),
        (
            #"{"schedule": "cosine"}"#,
            "recipe key 'schedule': 'cosine' is none of constant, linear, slanted-triangular"
        ),
        (#"{"preset": "x"}"#, "recipe key 'preset': 'x' is none of standard, article, cola-tutorial, study"),
        (#"{"batchSize": "big"}"#, "recipe key 'batchSize': expected an integer, found the string 'big'"),
        (#"{"stages": []}"#, "recipe key 'stages': expected a list of stages, found a list of 0"),
        (
            #"{"stages": [{"epoch": 1, "trains": "all"}]}"#,
            "recipe key 'stages': stage 0 must begin at epoch 0"
        ),
        (
            #"{"stages": [{"epoch": 0, "trains": "head"}, {"epoch": 0, "trains": "all"}]}"#,
            "recipe key 'stages': stage 1 must begin at a later epoch than the one before"
        ),
        (
            #"{"stages": [{"epoch": 0, "trains": -2}]}"#,
            #"recipe key 'stages': expected {"epoch": 0, "trains": "head", "all" or a number of blocks}, found an "#
                + "object of 2 keys"
        ),
        (
            #"{"classWeights": "even"}"#,
            "recipe key 'classWeights': 'even' is none of none, balanced, a list of numbers"
        ),
        (#"{"classWeights": [1, -1]}"#, "recipe key 'classWeights': -1.0 is outside of 0.0 ... 1000000.0"),
    ])
    func liesAreToldInOneLine(text: String, expected: String) throws {
        let error = #expect(throws: RecipeError.self) { try read(text) }
        #expect(error?.description == expected)
        #expect(error?.kind == .usage)
    }

    @Test func presetsHaveTheNumbersOfTheirSources() {
        let (article, cola, study) = (Preset.article.recipe, Preset.colaTutorial.recipe, Preset.study.recipe)
        #expect(article.bodyLearningRate == 2e-5 && article.headLearningRate == 5e-5)
        #expect(article.trainedDepth(epoch: 0) == .head)
        #expect(article.trainedDepth(epoch: 1) == .top(4))
        #expect(article.trainedDepth(epoch: 3) == .all)
        #expect(cola.bodyLearningRate == 5e-5 && cola.batchSize == 32 && cola.epochs == 4 && cola.maximumTokens == 64)
        #expect(cola.rateFactor(step: 0, total: 964) == 1 && cola.rateFactor(step: 482, total: 964) == 0.5)
        #expect([1, 4, 5, 6, 7, 12].map(study.batchSize(layerCount:)) == [32, 32, 16, 16, 8, 8])
        #expect(study.hiddenDropout == 0 && study.attentionDropout == 0 && study.classifierDropout == 0.2)
        #expect(study.adamW == AdamW(.transformers, epsilon: 1e-8) && study.clipping == nil)
    }

    @Test func retriesLowerBothRates() {
        let recipe = Recipe().retried(2)
        #expect(abs(recipe.bodyLearningRate - 4.5e-6) < 1e-15 && abs(recipe.headLearningRate - 4.5e-6) < 1e-15)
        #expect(Recipe().retried(0) == Recipe())
    }

    @Test func depthsCountBlocksFromTheTop() {
        #expect(TrainedDepth.top(4).blockCount(of: 2) == 2)
        #expect(ParameterPart.block(5).isTrained(.top(1), layerCount: 6))
        #expect(!ParameterPart.block(4).isTrained(.top(1), layerCount: 6))
        #expect(ParameterPart.pooler.isTrained(.head, layerCount: 6))
        #expect(!ParameterPart.embeddings.isTrained(.top(6), layerCount: 6))
        #expect(ParameterPart.embeddings.isTrained(.all, layerCount: 0))
    }
}
