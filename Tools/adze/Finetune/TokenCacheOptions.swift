// Where the tokens of examples are kept between runs.

import Adze
import ArgumentParser

/// `--token-cache`.
struct TokenCacheOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A folder that keeps the tokens of texts, at most 4 GiB, for later runs on the same; default: none.",
            valueName: "DIR"),
        completion: .directory)
    var tokenCache: String?

    /// The cache.
    var cache: TokenCache { TokenCache(path: tokenCache) }
}
