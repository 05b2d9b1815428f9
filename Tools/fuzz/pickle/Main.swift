// The fuzz target of `FuzzTarget.pickle`: libFuzzer's function in the fuzzer's build, a replay of files in every other.

import AdzeFuzzing

#if FUZZING
/// One input; a violated property is a crash.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt { FuzzTarget.pickle.fuzz(start, count) }
#else
@main struct Replay {
    static func main() { FuzzTarget.pickle.replay() }
}
#endif
