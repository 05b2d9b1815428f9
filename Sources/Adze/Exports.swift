// The modules whose types the façade's functions take and give: with `import Adze` a program has them all. Not here: the
// readers of single formats, the kernels' operations and the threads, which stay behind the façade.

@_exported public import AdzeBytes
@_exported public import AdzeData
@_exported public import AdzeHuggingFace
@_exported public import AdzeKernels
@_exported public import AdzeModelFiles
@_exported public import AdzeModels
@_exported public import AdzeNative
@_exported public import AdzeTensors
@_exported public import AdzeTokenization
@_exported public import AdzeTraining
