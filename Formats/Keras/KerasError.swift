// Why an HDF5 file or a Keras archive is not read.

public import AdzeBytes
public import AdzeSafetensors

/// A refusal by the reader of Keras files; the path is added by whoever opened the file.
public enum KerasError: AdzeFailure, Equatable {
    /// The program that reads HDF5 is not where it belongs.
    case readerMissing(path: String)
    /// The program that reads HDF5 could not be started.
    case cannotStart(path: String, reason: String)
    /// The program that reads HDF5 was ended by a signal.
    case readerCrashed(signal: Int32)
    /// The program that reads HDF5 refuses the file, for the reason it gave.
    case refused(String)
    /// The program that reads HDF5 failed otherwise: its exit code and its line.
    case readerFailed(code: Int32, line: String)
    /// The program that reads HDF5 did not end in time.
    case timedOut(seconds: Int)
    /// More bytes came than a file of this size can make.
    case tooMuchOutput(limit: Int)
    /// The file is larger than what is read.
    case tooLarge(size: Int, limit: Int)
    /// No whole stream came, and the system does not say how the program ended; the line is what it wrote.
    case endUnknown(line: String)
    /// What came is no safetensors stream.
    case stream(SafetensorsError)
    /// The stream does not say of its file what it must.
    case metadata(String)
    /// The file's own lists have more names than any model.
    case tooManyListedNames(limit: Int)
    /// A Keras archive's weights are not there in a form that is read.
    case archive(String)
    /// Two datasets have one name.
    case duplicateName(String, first: String, second: String)
    /// The file's own list names a weight that is not there.
    case missingWeight(String)
    /// The file's own list names a weight that is no tensor.
    case notATensor(String, reason: String)

    /// A damaged file mostly; a broken installation or system otherwise.
    public var kind: FailureKind {
        switch self {
        case .readerMissing: .missingInput
        case .cannotStart: .inputOutput
        // The worker's exit codes are those of `FailureKind`.
        case .readerFailed(66, _): .missingInput
        case .readerFailed(74, _): .inputOutput
        case .readerFailed: .internalBug
        default: .badData
        }
    }

    /// The refusal in one line.
    public var description: String {
        switch self {
        case .readerMissing(let path):
            "HDF5 is read by the program adze-h5worker, which is missing at \(path); install it beside this program, or"
                + " build it with: swift build --product adze-h5worker"
        case .cannotStart(let path, let reason): "HDF5: \(path) cannot be started: \(reason)"
        case .readerCrashed(let signal):
            "HDF5: the reader was ended by \(signalName(signal)); the file is damaged or made to do harm"
        case .refused(let reason): "HDF5: \(reason)"
        case .readerFailed(let code, let line): "HDF5: the reader failed with exit code \(code): \(line)"
        case .timedOut(let seconds): "HDF5: the reader did not end within \(seconds) s and was stopped"
        case .tooMuchOutput(let limit):
            "HDF5: the file unfolds to more than the \(limit) bytes that one of its size may"
        case .tooLarge(let size, let limit): "HDF5: expected at most \(limit) bytes of file, found \(size)"
        case .endUnknown(let line):
            "HDF5: the reader sent no whole stream, and how it ended is unknown, as this process ignores SIGCHLD"
                + (line.isEmpty ? "" : "; it said: \(line)")
        case .stream(let error): "HDF5: what the reader sent cannot be read: \(error)"
        case .metadata(let what): "HDF5: what the reader sent lacks \(what)"
        case .tooManyListedNames(let limit): "HDF5: the file's lists of weights have more than \(limit) names"
        case .archive(let what): "Keras archive: \(what)"
        case .duplicateName(let name, let first, let second):
            "HDF5: datasets \(quoted("/" + first)) and \(quoted("/" + second)) both become \(quoted(name))"
        case .missingWeight(let path): "HDF5: the file lists the weight \(quoted("/" + path)), which is not in it"
        case .notATensor(let path, let reason):
            "HDF5: the file lists the weight \(quoted("/" + path)), which is no tensor: \(escaped(reason, limit: 200))"
        }
    }
}

/// Text from elsewhere made fit for one line of a terminal, without the quotation marks of `quoted`.
func escaped(_ text: some StringProtocol, limit: Int) -> String {
    // By scalars: an accent at the edge would take the quotation mark with it.
    String(quoted(text, limit: limit).unicodeScalars.dropFirst().dropLast())
}

/// `SIGSEGV (a memory fault)`; the number where the signal has no name here.
func signalName(_ signal: Int32) -> String {
    let names: [Int32: String] = [
        4: "SIGILL (a trap)", 5: "SIGTRAP (a trap)", 6: "SIGABRT (a failed check)", 7: "SIGBUS (a memory fault)",
        8: "SIGFPE (a division by zero)", 9: "SIGKILL", 11: "SIGSEGV (a memory fault)", 15: "SIGTERM",
        24: "SIGXCPU (too much processor time)", 31: "SIGSYS (a forbidden system call)",
    ]
    return names[signal] ?? "signal \(signal)"
}
