// Foundation's view of our errors: `localizedDescription` is the error's one line. Every error that the library can
// throw is listed here, because Foundation stays out of the modules that define them.

public import AdzeBytes
public import AdzeData
public import AdzeHuggingFace
public import AdzeKeras
public import AdzeKernels
public import AdzeModelFiles
public import AdzeModels
public import AdzeNative
public import AdzeSafetensors
public import AdzeTensors
public import AdzeTokenization
public import AdzeTorch
public import AdzeTraining
public import AdzeZip

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension LocalizedError where Self: AdzeFailure {
    /// The error's line.
    public var errorDescription: String? { description }
}

extension FileError: LocalizedError {}
extension JSONError: LocalizedError {}

extension MissingTensor: LocalizedError {}
extension ShardError: LocalizedError {}
extension InstructionSetError: LocalizedError {}
extension FloatProductsError: LocalizedError {}

extension TokenizerError: LocalizedError {}
extension PromptError: LocalizedError {}
extension RerankError: LocalizedError {}
extension ZeroShotError: LocalizedError {}
extension AnswerWordError: LocalizedError {}
extension DataError: LocalizedError {}
extension RowError: LocalizedError {}
extension CleaningError: LocalizedError {}
extension AugmentationError: LocalizedError {}

extension ConfigError: LocalizedError {}
extension AdapterError: LocalizedError {}
extension CheckpointError: LocalizedError {}
extension HeadFormError: LocalizedError {}
extension ComparisonError: LocalizedError {}
extension BatchError: LocalizedError {}

extension ZipError: LocalizedError {}
extension SafetensorsError: LocalizedError {}
extension TorchError: LocalizedError {}
extension NativeError: LocalizedError {}
extension KerasError: LocalizedError {}
extension HuggingFaceError: LocalizedError {}
extension ModelFileError: LocalizedError {}
extension LocatedError: LocalizedError {}

extension RecipeError: LocalizedError {}
extension TrainingError: LocalizedError {}
extension TrainerError: LocalizedError {}
extension TeacherError: LocalizedError {}
extension RunCheckpointError: LocalizedError {}

extension BundleError: LocalizedError {}
extension TextReadingError: LocalizedError {}
extension AnswerRuleError: LocalizedError {}
extension AnswerCalibrationError: LocalizedError {}
extension LocationError: LocalizedError {}
extension AddedTokensError: LocalizedError {}
extension EvaluationError: LocalizedError {}
extension LabelErrorsError: LocalizedError {}
extension FineTuningError: LocalizedError {}
extension TextCommandError: LocalizedError {}
extension TextProblem: LocalizedError {}
extension TaskError: LocalizedError {}
extension AttentionError: LocalizedError {}
extension ExplanationError: LocalizedError {}
extension UnknownShape: LocalizedError {}
extension NothingToRescue: LocalizedError {}
extension RescueSize: LocalizedError {}
