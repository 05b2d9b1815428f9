// The fuzz target of `FuzzTarget.sentencepiece`: libFuzzer's function in the fuzzer's build, a replay of files in every
// other.

import AdzeFuzzing

#if FUZZING
/// One input; a violated property is a crash.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt { FuzzTarget.sentencepiece.fuzz(start, count) }
#else
@main struct Replay {
    static func main() { FuzzTarget.sentencepiece.replay() }
}
#endif
