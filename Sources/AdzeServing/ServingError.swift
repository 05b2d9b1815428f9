// Why a request gets no answer, apart from any protocol. Not here: statuses and bodies, which are each protocol's.

import AdzeBytes

/// Why a request is not answered; the message is one line for whoever asked.
public enum ServingError: Error, Equatable, CustomStringConvertible {
    /// The request is wrong in itself.
    case invalid(String)
    /// A text, a list or a body is larger than what is taken.
    case tooLarge(String)
    /// No model has the name.
    case unknownModel(String, nearest: String?)
    /// The model does not do what is asked.
    case wrongModel(String)
    /// More waits than there is room for; try again after so many seconds.
    case overloaded(retryAfter: Int)
    /// The deadline passed while the request waited.
    case late(milliseconds: Int)
    /// Models are being loaded, or the server is about to end.
    case notReady(String)
    /// The model itself failed.
    case failed(String)

    /// One line.
    public var description: String {
        switch self {
        case .invalid(let line), .tooLarge(let line), .wrongModel(let line), .notReady(let line), .failed(let line):
            line
        case .unknownModel(let name, let nearest):
            "no model is called \(quoted(name, limit: 80))" + (nearest.map { "; did you mean \(quoted($0))?" } ?? "")
        case .overloaded(let seconds): "the model is overloaded; try again in \(seconds) s"
        case .late(let milliseconds): "the request waited \(milliseconds) ms, which is its limit; try again later"
        }
    }
}
