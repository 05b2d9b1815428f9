// Presets: the standard recipe, and those of three published sources, each with what it reproduces and what it leaves
// out.

/// A recipe with a name.
public enum Preset: String, Sendable, CaseIterable {
    /// What suits most tables: linear schedule with warm-up, everything trained, the best epoch kept.
    case standard

    /// The article on fine-tuning BERT classifiers.
    ///
    /// Reproduces: rates of 2e-5 for the body and 5e-5 for the head, a slanted triangular schedule, the freeze that is
    /// lifted step by step (head, then the top 4 blocks, then all), balanced class weights, choice by macro-F1, and of
    /// a long text its head and tail (halves; there 128 and 382 tokens). Leaves out: augmentation, which belongs to
    /// the data.
    case article

    /// The tutorial notebook that fine-tunes BERT-base on CoLA.
    ///
    /// Reproduces: AdamW of transformers at 5e-5 (the notebook's text says 2e-5, its code 5e-5) without decay, batches
    /// of 32, four epochs, a linear schedule without warm-up, clipping at 1, 64 tokens, seed 42, the last epoch as the
    /// result. Leaves out: scores averaged over batches (a batch of one class makes MCC 0 / 0 there), and the split
    /// that differs from run to run.
    case colaTutorial = "cola-tutorial"

    /// The comparative study of BERT classifiers of 1 to 12 blocks on IMDB.
    ///
    /// Reproduces: AdamW of pytorch_transformers at 3e-5 with decay 0.01 for embeddings, blocks and pooler and at 1e-3
    /// without for the head, constant rates, no clipping, ten epochs, batches of 32, 16 or 8 by depth, 512 tokens, seed
    /// 42, and dropout of 0.2 before the classifier alone, since there the body stays in evaluation mode. Leaves out:
    /// dropout while testing, choice of the epoch on the test set, accuracy averaged over batches, a pooler of ones,
    /// and the scrambled gather of its LSTM heads.
    case study

    /// The preset's recipe.
    public var recipe: Recipe {
        var recipe = Recipe()
        recipe.preset = self
        switch self {
        case .standard: break
        case .article: setArticle(&recipe)
        case .colaTutorial: setColaTutorial(&recipe)
        case .study: setStudy(&recipe)
        }
        return recipe
    }

    private func setArticle(_ recipe: inout Recipe) {
        recipe.maximumTokens = 512
        recipe.longText = .headAndTail
        recipe.epochs = 4
        recipe.bodyLearningRate = 2e-5
        recipe.headLearningRate = 5e-5
        recipe.schedule = .slantedTriangular
        recipe.stages = [
            Stage(epoch: 0, trains: .head), Stage(epoch: 1, trains: .top(4)), Stage(epoch: 2, trains: .all),
        ]
        recipe.classWeights = .balanced
    }

    private func setColaTutorial(_ recipe: inout Recipe) {
        recipe.maximumTokens = 64
        recipe.epochs = 4
        recipe.batchSize = 32
        recipe.groupsByLength = false
        recipe.adamW = AdamW(.transformers)
        recipe.bodyWeightDecay = 0
        recipe.headWeightDecay = 0
        recipe.warmup = 0
        recipe.metric = "accuracy"
        recipe.keepsBest = false
    }

    private func setStudy(_ recipe: inout Recipe) {
        recipe.maximumTokens = 512
        recipe.epochs = 10
        recipe.batchSize = nil
        recipe.groupsByLength = false
        recipe.adamW = AdamW(.transformers)
        recipe.bodyLearningRate = 3e-5
        recipe.headLearningRate = 1e-3
        recipe.headWeightDecay = 0
        recipe.schedule = .constant
        recipe.warmup = 0
        recipe.clipping = nil
        recipe.hiddenDropout = 0
        recipe.attentionDropout = 0
        recipe.classifierDropout = 0.2
        recipe.metric = "accuracy"
    }
}
