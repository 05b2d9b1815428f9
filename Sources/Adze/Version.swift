// The version of the library and of the command line.

/// The version of Adze, as `adze --version` says it.
public let adzeVersion = "0.1.0"
